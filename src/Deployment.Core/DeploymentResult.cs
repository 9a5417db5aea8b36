using Deployment.Releases;
using Deployment.Reports;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment;

/// <summary>How a run ended.</summary>
public sealed record DeploymentResult
{
    private DeploymentResult()
    {
    }

    /// <summary>The run's id.</summary>
    public required string RunId { get; init; }

    /// <summary>How it ended.</summary>
    public required DeploymentOutcome Outcome { get; init; }

    /// <summary>Why it did not succeed completely, or why it went back; null when there is no such reason.</summary>
    public string? Reason { get; init; }

    /// <summary>What it brought; null when it brought nothing.</summary>
    public Release? Release { get; init; }

    /// <summary>The runbook that was followed.</summary>
    public required Runbook Runbook { get; init; }

    /// <summary>What happened, entry by entry.</summary>
    public required ExecutionLog Log { get; init; }

    /// <summary>From the decision to go back until everything was verified to be as before; null when the run did not go back.</summary>
    public TimeSpan? RollbackDuration { get; init; }

    /// <summary>The outcome and why, on one line.</summary>
    public override string ToString() => (Runbook.Kind, Outcome) switch
    {
        (RunKind.RollBack, DeploymentOutcome.Succeeded) => $"{Outcome}: What stood before takes the traffic again, and was verified.{(Reason is null ? "" : $" It went back because: {Reason}")}",
        _ => $"{Outcome}: {Reason ?? "Everything was done and verified."}",
    };

    internal static DeploymentResult Of(RunRecord record, Runbook runbook, ExecutionLog log) => new()
    {
        RunId = record.Id,
        Outcome = record.Outcome ?? throw new DeploymentException($"Run {record.Id} has no outcome yet: it is {record.State}."),
        Reason = record.Reason,
        Release = runbook.Release,
        Runbook = runbook,
        Log = log,
        RollbackDuration = DurationOfRollback(log.Entries),
    };

    private static TimeSpan? DurationOfRollback(IReadOnlyList<JournalEntry> entries)
    {
        JournalEntry? began = entries.FirstOrDefault(entry => entry is { Kind: JournalEntryKind.RollbackStarted, Step: null });
        JournalEntry? ended = entries.LastOrDefault(entry => entry is { Kind: JournalEntryKind.RollbackEnded, Step: null });
        if (began is null || ended is null)
        {
            return null;
        }

        // The entry before is the failure or the signal that decided it.
        JournalEntry decided = entries[Math.Max(0, (int)began.Sequence - 2)];
        return ended.At - decided.At;
    }
}
