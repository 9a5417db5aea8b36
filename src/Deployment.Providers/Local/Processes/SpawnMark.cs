using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;

namespace Deployment.Providers.Local.Processes;

/// <summary>
/// The number that every started process bears in its environment. A supervisor that dies between starting a process and writing its id
/// down leaves one that nobody knows; its successor finds it by this.
/// </summary>
internal static class SpawnMark
{
    public const string Variable = "DEPLOYMENT_SPAWN";

    public static string Of(StateFolder folder, long spawn) => string.Create(CultureInfo.InvariantCulture, $"{FolderId(folder)}/{spawn}");

    /// <summary>A short name of the folder.</summary>
    public static string FolderId(StateFolder folder) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder.Path)))[..16];

    /// <summary>The sessions that bear a number of this folder other than the known ones.</summary>
    public static IReadOnlyList<CommandProcess> Strays(StateFolder folder, IReadOnlySet<long> known) =>
        [.. Marked(folder).Where(marked => !known.Contains(marked.Spawn)).Select(marked => marked.Session).Distinct()];

    /// <summary>The session that bears a number of this folder; null when none runs.</summary>
    public static CommandProcess? Find(StateFolder folder, long spawn) =>
        Marked(folder).Where(marked => marked.Spawn == spawn).Select(marked => marked.Session).FirstOrDefault();

    private static IEnumerable<(long Spawn, CommandProcess Session)> Marked(StateFolder folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        string prefix = $"{Variable}={FolderId(folder)}/";
        return ProcessStat.All()
            .Where(stat => !stat.IsGone && stat.ProcessId != Environment.ProcessId)
            .Select(stat => (Spawn: Spawn(stat.ProcessId, prefix), Session: new CommandProcess(HostIdentity.Current, stat.Session, ProcessStat.Read(stat.Session)?.StartTime ?? stat.StartTime)))
            .Where(marked => marked.Spawn is not null)
            .Select(marked => (marked.Spawn!.Value, marked.Session));
    }

    private static long? Spawn(int processId, string prefix)
    {
        try
        {
            string? mark = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/environ"), Encoding.Latin1)
                .Split('\0').FirstOrDefault(variable => variable.StartsWith(prefix, StringComparison.Ordinal));
            return long.TryParse(mark?[prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long spawn) ? spawn : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is another user's and so none of ours.
            return null;
        }
    }
}
