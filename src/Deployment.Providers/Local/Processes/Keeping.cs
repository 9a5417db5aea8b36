namespace Deployment.Providers.Local.Processes;

/// <summary>How a process is kept running, and who is told.</summary>
internal sealed record Keeping
{
    /// <summary>Starts it anew.</summary>
    public required Func<CancellationToken, Task<RunningProcess>> Start { get; init; }

    /// <summary>Completes with a sentence once the process is of no more use although it runs: it is ended and started anew then. Null when only its end counts.</summary>
    public Func<RunningProcess, CancellationToken, Task<string>>? Sick { get; init; }

    /// <summary>What is done beside each life of the process; cancelled when that ends.</summary>
    public Func<RunningProcess, CancellationToken, Task> Beside { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>The longest pause before it is started again.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a sick process has between being asked to end and being killed.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>How often in a row it had ended soon after its start when it came to be kept.</summary>
    public int EarlyEnds { get; init; }

    /// <summary>Told after each end: the exit code if known, and how often in a row it has ended soon after its start.</summary>
    public Action<int?, int> Ended { get; init; } = (_, _) => { };

    /// <summary>Told when it has run well for a while.</summary>
    public Action Settled { get; init; } = () => { };
}
