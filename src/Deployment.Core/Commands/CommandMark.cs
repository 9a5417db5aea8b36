using System.Globalization;
using System.Text;

namespace Deployment.Commands;

/// <summary>
/// What a step's command bears in its environment. A deployer that dies between starting a command and journaling its id leaves one
/// that nobody knows; its successor finds it by this. Linux only: elsewhere the environment of a process can't be read.
/// </summary>
internal static class CommandMark
{
    internal const string Variable = "DEPLOYMENT_STEP";

    /// <param name="run">The run.</param>
    /// <param name="step">The step.</param>
    /// <param name="epoch">Whoever drove the run.</param>
    /// <param name="number">Counts the commands that this one started.</param>
    internal static string Of(string run, string step, long epoch, long number) => string.Create(CultureInfo.InvariantCulture, $"{run}/{step}#{epoch}-{number}");

    /// <summary>The sessions that bear a mark of the step other than the known ones. What a known command left running as a daemon bears that command's mark, and stays.</summary>
    internal static IReadOnlyList<CommandProcess> Strays(string run, string step, IReadOnlySet<string> known)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        string prefix = $"{Variable}={run}/{step}#";
        return [.. ProcessStat.All()
            .Where(stat => !stat.IsGone && stat.ProcessId == stat.Session && Mark(stat.ProcessId, prefix) is { } mark && !known.Contains(mark))
            .Select(stat => new CommandProcess(HostIdentity.Current, stat.ProcessId, stat.StartTime))];
    }

    private static string? Mark(int processId, string prefix)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/environ"), Encoding.UTF8)
                .Split('\0').FirstOrDefault(variable => variable.StartsWith(prefix, StringComparison.Ordinal))?[(Variable.Length + 1)..];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is another user's and so none of ours.
            return null;
        }
    }
}
