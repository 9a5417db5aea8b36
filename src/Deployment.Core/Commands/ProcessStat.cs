using System.Globalization;
using System.Text;

namespace Deployment.Commands;

/// <summary>What Linux tells about a process: the fields of /proc/PID/stat that matter here, see proc(5).</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="State">R, S, D, T, Z…</param>
/// <param name="Group">Its process group.</param>
/// <param name="Session">Its session.</param>
/// <param name="StartTime">Clock ticks between boot and its start.</param>
internal sealed record ProcessStat(int ProcessId, char State, int Group, int Session, long StartTime)
{
    /// <summary>The time that it was on processors, without its children, in hundredths of a second.</summary>
    internal long ProcessorTicks { get; init; }

    /// <summary>The pages that it has in memory.</summary>
    internal long ResidentPages { get; init; }

    /// <summary>Whether it has ended and only waits to be reaped.</summary>
    internal bool IsGone => State is 'Z' or 'X' or 'x';

    /// <summary>Null when there is no such process.</summary>
    internal static ProcessStat? Read(int processId)
    {
        try
        {
            // Latin-1: a process may give itself a name of any bytes.
            return Parse(processId, File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"), Encoding.Latin1));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended before or while it was read, or belongs to another user on a system that hides those.
            return null;
        }
    }

    /// <summary>Every process that this one may see.</summary>
    internal static IEnumerable<ProcessStat> All()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
                && Read(processId) is { } stat)
            {
                yield return stat;
            }
        }
    }

    /// <summary>Reads a line. The name stands in parentheses and may have spaces and parentheses itself, so the last one ends it.</summary>
    internal static ProcessStat? Parse(int processId, string line)
    {
        int end = line.LastIndexOf(')');
        string[] fields = end < 0 ? [] : line[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19
            && int.TryParse(fields[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int group)
            && int.TryParse(fields[3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int session)
            && long.TryParse(fields[19], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long startTime)
            ? new ProcessStat(processId, fields[0][0], group, session, startTime) { ProcessorTicks = Number(fields, 11) + Number(fields, 12), ResidentPages = Number(fields, 21) }
            : null;
    }

    private static long Number(string[] fields, int index) =>
        index < fields.Length && long.TryParse(fields[index], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
