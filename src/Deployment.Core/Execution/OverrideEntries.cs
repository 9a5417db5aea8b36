using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>What a run says in its log that it does otherwise than the policy, each an entry of its own so that none is cut short.</summary>
internal static class OverrideEntries
{
    internal static IEnumerable<EntryDraft> Of(Runbook runbook) =>
    [
        .. runbook.Hotfix is { } hotfix ? [Entry($"It is a hotfix, because: {hotfix.Reason}"), .. hotfix.LeftOut.Select(what => Entry($"Left out by the hotfix: {what}"))] : Array.Empty<EntryDraft>(),
        .. runbook.RolledBack is { } before ? [Entry($"The release was rolled back by run {before.RunId}. It comes again, because: {before.Reason}")] : Array.Empty<EntryDraft>(),
    ];

    private static EntryDraft Entry(string text) => new(JournalEntryKind.Overridden, Text: text);
}
