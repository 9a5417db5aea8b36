using Deployment.Providers.Local.Protocol;
using Deployment.Releases;

namespace Deployment.Providers.Local;

/// <summary>How a <see cref="LocalWorkers"/> target runs its releases.</summary>
public sealed class LocalWorkersOptions : LocalProcessOptions
{
    /// <summary>
    /// Whether the old workers run on until the new ones are well. Default false: they have ended before the new ones start, so that no
    /// two revisions ever work at once.
    /// </summary>
    public bool Overlap { get; set; }

    /// <summary>
    /// A program with its arguments that exits with 0 when the worker is well; it is given the worker's settings and secrets, and is asked
    /// at the start and every 10 seconds. Default empty: none is asked.
    /// </summary>
    public IReadOnlyList<string> HealthCommand { get; set; } = [];

    /// <summary>How long <see cref="HealthCommand"/> may take; above zero, at most an hour. Default 10 seconds.</summary>
    public TimeSpan HealthTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How old the file may be that the variable <c>HEARTBEAT_FILE</c> names to the worker, and that it writes to show that it is well;
    /// 0.1 seconds to a day. Default null: it needn't.
    /// </summary>
    public TimeSpan? HeartbeatAge { get; set; }

    /// <summary>How long a worker must have run to be well, where neither a command nor a heartbeat tells; zero to an hour. Default 2 seconds.</summary>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromSeconds(2);

    internal WorkerRun Run => new()
    {
        Overlap = Overlap,
        Health = [.. HealthCommand],
        HealthSeconds = HealthTimeout.TotalSeconds,
        HeartbeatSeconds = HeartbeatAge?.TotalSeconds,
        SettleSeconds = SettleTime.TotalSeconds,
    };

    internal IEnumerable<string> Problems(string? name)
    {
        if (Naming.Problem("target", name) is { } problem)
        {
            yield return problem;
        }

        if (HealthCommand is null)
        {
            yield return "HealthCommand is null: leave it empty when no program is asked.";
            yield break;
        }

        foreach (string other in ProcessProblems().Concat(Run.Problems()))
        {
            yield return other;
        }
    }
}
