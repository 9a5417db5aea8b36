using Deployment.Store;
using Microsoft.Extensions.Logging;

namespace Deployment.Execution;

/// <summary>What runs log. Event ids are documented in docs/telemetry.md.</summary>
internal static partial class RunLog
{
    internal static void Entry(ILogger logger, string runId, JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case JournalEntryKind.StepFailed or JournalEntryKind.CheckFailed or JournalEntryKind.CheckNoted or JournalEntryKind.Held or JournalEntryKind.RollbackStarted
                or JournalEntryKind.AbortRequested or JournalEntryKind.ApprovalRefused or JournalEntryKind.StepRetried or JournalEntryKind.Overridden:
                EntryWarning(logger, runId, entry.Kind, entry.Step ?? "(run)", entry.Text ?? "");
                break;
            default:
                EntryInformation(logger, runId, entry.Kind, entry.Step ?? "(run)", entry.Text ?? "");
                break;
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "{Run} {Step}: {Progress}")]
    internal static partial void Progress(ILogger logger, string run, string step, string progress);

    [LoggerMessage(2, LogLevel.Warning, "{Run}: the inbox of signals can't be read now")]
    internal static partial void InboxUnreadable(ILogger logger, string run, Exception error);

    [LoggerMessage(3, LogLevel.Error, "{Run}: showing progress failed; the run goes on")]
    internal static partial void ProgressFailed(ILogger logger, string run, Exception error);

    [LoggerMessage(4, LogLevel.Warning, "{Run}: what step '{Step}' left running could not be ended: {Problem}")]
    internal static partial void LeftoverNotEnded(ILogger logger, string run, string step, string problem);

    [LoggerMessage(5, LogLevel.Warning, "{Run}: the record could not be saved; it is settled when the run is next looked at")]
    internal static partial void RecordNotSaved(ILogger logger, string run, Exception error);

    [LoggerMessage(6, LogLevel.Warning, "{Run}: the lease could not be given back; the next process waits a term")]
    internal static partial void LeaseNotReleased(ILogger logger, string run, Exception error);

    [LoggerMessage(7, LogLevel.Information, "{Run}: its lease is still held by {Driver}. Waiting {Term} for a sign of life before this process takes the run over. Who knows that the holder is dead skips that with ResumeAsync(runId, force: true).")]
    internal static partial void WaitsForSilence(ILogger logger, string run, string driver, string term);

    [LoggerMessage(9, LogLevel.Error, "{Run}: nobody could be told that it {Title}")]
    internal static partial void NotTold(ILogger logger, string run, string title, Exception error);

    [LoggerMessage(8, LogLevel.Information, "{Run} is due and waits: {Reason}")]
    internal static partial void ContractWaits(ILogger logger, string run, string reason);

    [LoggerMessage(12, LogLevel.Warning, "{Run}: what {Target} keeps from before could not all be removed; the next run that succeeds tries again: {Problem}")]
    internal static partial void NotTidiedUp(ILogger logger, string run, string target, string problem, Exception? error);

    [LoggerMessage(10, LogLevel.Information, "{Run} {Kind} {Step}: {Text}")]
    private static partial void EntryInformation(ILogger logger, string run, JournalEntryKind kind, string step, string text);

    [LoggerMessage(11, LogLevel.Warning, "{Run} {Kind} {Step}: {Text}")]
    private static partial void EntryWarning(ILogger logger, string run, JournalEntryKind kind, string step, string text);
}
