using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>
/// A process that dies at a chosen point, for tests of resuming. Give a pipeline the store and the targets that this process wraps;
/// after its death nothing that the pipeline does reaches them. The points are, in order: before and after each write to the store (journal, record, lease,
/// claims, blobs), and before and after each effect.
/// </summary>
public sealed class SimulatedProcess
{
    private readonly Lock _gate = new();
    private readonly int _dieAt;
    private int _points;

    /// <summary>Creates a process.</summary>
    /// <param name="dieAt">The point at which it dies, counted from 1; 0 for one that lives.</param>
    public SimulatedProcess(int dieAt = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(dieAt);
        _dieAt = dieAt;
    }

    /// <summary>Where it died; null while it lives.</summary>
    public string? Death { get; private set; }

    /// <summary>How many points it passed.</summary>
    public int Points => _points;

    /// <summary>The store as this process reaches it.</summary>
    public IDeploymentStore Reach(IDeploymentStore store) => new ProcessStore(this, store);

    /// <summary>The target as this process reaches it.</summary>
    public DeploymentTarget Reach(DeploymentTarget target) => new ProcessTarget(this, target);

    /// <summary>Kills it now.</summary>
    public void Kill(string where = "when it was killed")
    {
        lock (_gate)
        {
            Death ??= where;
        }
    }

    internal void Point(string where)
    {
        lock (_gate)
        {
            if (Death is null && ++_points == _dieAt)
            {
                Death = where;
            }
        }

        EnsureAlive();
    }

    internal void EnsureAlive()
    {
        if (Death is { } where)
        {
            throw new SimulatedCrashException(where);
        }
    }
}
