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
    public static IReadOnlyList<CommandProcess> Strays(StateFolder folder, IReadOnlySet<long> known)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        string prefix = $"{Variable}={FolderId(folder)}/";
        return [.. ProcessStat.All()
            .Where(stat => !stat.IsGone && stat.ProcessId != Environment.ProcessId && Spawn(stat.ProcessId, prefix) is { } spawn && !known.Contains(spawn))
            .Select(stat => new CommandProcess(HostIdentity.Current, stat.Session, ProcessStat.Read(stat.Session)?.StartTime ?? stat.StartTime))
            .Distinct()];
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
