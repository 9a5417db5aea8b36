using System.Globalization;
using Deployment.Commands;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>The names that entries use in their detail.</summary>
internal static class Detail
{
    internal const string Runbook = "runbook";
    internal const string Build = "build";
    internal const string Holder = "holder";
    internal const string Undo = "undo";
    internal const string Host = "host";
    internal const string ProcessId = "processId";
    internal const string StartTime = "startTime";
    internal const string Mark = "mark";
    internal const string Alert = "alert";
    internal const string Attempt = "attempt";
    internal const string Pauses = "pauses";
    internal const string Decided = "decided";
    internal const string GoesOn = "goesOn";
    internal const string Signal = "signal";
    internal const string SignalKind = "signalKind";
    internal const string By = "by";
    internal const string Ignored = "ignored";
    internal const string Decision = "decision";
    internal const string Plan = "plan";
    internal const string Clean = "clean";
    internal const string Outcome = "outcome";
    internal const string Ahead = "ahead";
    internal const string Superseded = "superseded";
    internal const string LeftBehind = "leftBehind";
    internal const string WithdrawsAbort = "withdrawsAbort";

    internal static CommandProcess? ProcessOf(JournalEntry entry) =>
        entry.Detail is { } detail
        && detail.TryGetValue(Host, out string? host)
        && int.TryParse(detail.GetValueOrDefault(ProcessId), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
        && long.TryParse(detail.GetValueOrDefault(StartTime), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long start)
            ? new CommandProcess(host, id, start)
            : null;

    internal static string? Get(JournalEntry entry, string name) => entry.Detail?.GetValueOrDefault(name);

    internal static string ListOf(IEnumerable<string> ids) => string.Join('\n', ids);

    internal static IReadOnlyList<string> List(JournalEntry entry, string name) => Get(entry, name)?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];

    internal static bool Is(JournalEntry entry, string name) => Get(entry, name) == "true";

    internal static long Number(JournalEntry entry, string name) =>
        long.TryParse(Get(entry, name), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
