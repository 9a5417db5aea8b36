using System.Globalization;
using Deployment.Releases;

namespace Deployment.Commands;

/// <summary>Writes a process on one line, so that another process can tell whether it still runs, and reads it back.</summary>
internal static class ProcessText
{
    internal static string Of(CommandProcess process) =>
        string.Create(CultureInfo.InvariantCulture, $"{process.Host}:{process.ProcessId}:{process.StartTime}");

    /// <summary>Null when the text is something else, such as the holder of a store that an older build wrote.</summary>
    internal static CommandProcess? Parse(string text) =>
        text.Split(':') is [.. { Length: > 0 } host, string id, string start]
        && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
        && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out long startTime)
            ? new CommandProcess(string.Join(':', host), processId, startTime)
            : null;

    /// <summary>For people: process and machine.</summary>
    internal static string NameOf(string text) => Parse(text) is { } process
        ? string.Create(CultureInfo.InvariantCulture, $"process {process.ProcessId} on {Naming.Printable(process.Host.Split('/')[0])}")
        : Naming.Printable(text);
}
