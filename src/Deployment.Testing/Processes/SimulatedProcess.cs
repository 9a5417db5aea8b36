using Deployment.Migrations;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>
/// A process that dies at a chosen point, for tests of resuming. Give a pipeline the store and the targets that this process wraps;
/// after its death nothing that the pipeline does reaches them. The points are, in order: before and after each write to the store (journal, record, lease,
/// claims, blobs), and before and after each effect. Only heartbeats are none, since they come by the clock.
/// </summary>
public sealed class SimulatedProcess
{
    private readonly Lock _gate = new();
    private readonly int _dieAt;
    private readonly Action<int, string>? _atPoint;
    private int _points;

    /// <summary>Creates a process.</summary>
    /// <param name="dieAt">The point at which it dies, counted from 1; 0 for one that lives.</param>
    public SimulatedProcess(int dieAt = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(dieAt);
        _dieAt = dieAt;
    }

    /// <summary>Creates a process to which something may happen at each point, such as a real signal to the process that the test runs in.</summary>
    /// <param name="atPoint">Called at each point with its number, counted from 1, and its description. When it returns, the process goes on.</param>
    public SimulatedProcess(Action<int, string> atPoint)
    {
        ArgumentNullException.ThrowIfNull(atPoint);
        _atPoint = atPoint;
    }

    /// <summary>Where it died; null while it lives.</summary>
    public string? Death { get; private set; }

    /// <summary>How many points it passed.</summary>
    public int Points => _points;

    /// <summary>The store as this process reaches it.</summary>
    public IDeploymentStore Reach(IDeploymentStore store) => new ProcessStore(this, store);

    /// <summary>The target as this process reaches it.</summary>
    public DeploymentTarget Reach(DeploymentTarget target) => new ProcessTarget(this, target);

    /// <summary>The database as this process reaches it.</summary>
    public IMigrator Reach(IMigrator migrator) => new ProcessMigrator(this, migrator);

    /// <summary>Kills it now.</summary>
    public void Kill(string where = "when it was killed")
    {
        lock (_gate)
        {
            Death ??= where;
        }
    }

    /// <summary>Passes a point; for those that a test adds, such as in a step of its own.</summary>
    /// <param name="where">What people call it, such as <c>before the announcement</c>.</param>
    /// <exception cref="SimulatedCrashException">It died here, or before.</exception>
    public void Point(string where)
    {
        int number = 0;
        lock (_gate)
        {
            if (Death is null && (number = ++_points) == _dieAt)
            {
                Death = where;
            }
        }

        EnsureAlive();
        _atPoint?.Invoke(number, where);
    }

    internal void EnsureAlive()
    {
        if (Death is { } where)
        {
            throw new SimulatedCrashException(where);
        }
    }
}
