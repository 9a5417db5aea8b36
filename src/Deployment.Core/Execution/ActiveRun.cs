using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Execution;

/// <summary>Everything about the run that this process drives.</summary>
internal sealed record ActiveRun
{
    private long _commands;

    internal required RunServices Services { get; init; }

    internal required RunRecord Record { get; init; }

    internal required Runbook Runbook { get; init; }

    internal required RunLease Lease { get; init; }

    internal required RunJournal Journal { get; init; }

    internal required RunControl Control { get; init; }

    /// <summary>Cancelled when this process leaves the run open for another one.</summary>
    internal required CancellationToken Detached { get; init; }

    /// <summary>What was seen when this process began to drive the run; after a crash without the targets that could not be looked at.</summary>
    internal required IReadOnlyDictionary<string, Observation> Observations { get; set; }

    /// <summary>Keeps the run's record up to date, for lists.</summary>
    internal required Func<RunState, string?, Task> SaveStateAsync { get; init; }

    /// <summary>Throws where the run may not begin any more.</summary>
    internal required Func<CancellationToken, Task> PermitAsync { get; init; }

    internal RunProgress Progress => Journal.Progress;

    internal TimeProvider Time => Services.Time;

    internal EngineOptions Options => Services.Options;

    /// <summary>Counts the commands that this process starts for the run.</summary>
    internal long NextCommand() => Interlocked.Increment(ref _commands);

    /// <summary>Whether an effect that was told to stop still runs.</summary>
    internal bool StillRuns(string step) => Services.LeftBehind.StillRuns(Record.Id, step);

    /// <summary>Nothing may be said of a step any more when this process can't journal, or isn't the driver.</summary>
    internal bool IsFatal() => Journal.Failure is not null || Lease.Lost.IsCancellationRequested;

    internal void Report(string step, string text) => RunLog.Progress(Services.Logger, Record.Id, step, text);
}
