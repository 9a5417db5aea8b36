using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Deployment.Commands;

namespace Deployment.Providers.Local.Hosting;

/// <summary>The copies of this library in the state folder: which one is current, and which are of no more use.</summary>
internal static class HostCopies
{
    // A deployer makes a copy and starts a supervisor from it a moment later.
    private static readonly TimeSpan Young = TimeSpan.FromHours(1);

    /// <summary>
    /// Where the current copy is found whatever its version: the host resolves the link when it starts, so a process that came through
    /// it isn't touched when the link moves. The supervisor that runs sets it; until one did, the copy that was made first.
    /// </summary>
    public static void Point(StateFolder folder, string copy)
    {
        // Two deployers may do it at once.
        string fresh = string.Create(CultureInfo.InvariantCulture, $"{folder.CurrentHost}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}");
        File.Delete(fresh);
        File.CreateSymbolicLink(fresh, Path.GetFileName(copy));
        if (Libc.Rename(fresh, folder.CurrentHost) != 0)
        {
            throw new IOException($"'{folder.CurrentHost}' can't be made: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        }
    }

    /// <summary>Removes the copies that nothing runs from, and those that were never finished.</summary>
    public static void RemoveOld(StateFolder folder, TimeProvider timeProvider)
    {
        string? current = new FileInfo(folder.CurrentHost).LinkTarget;
        DateTimeOffset young = timeProvider.GetUtcNow() - Young;
        foreach (string copy in Directory.EnumerateDirectories(folder.Hosts).Where(path => path != folder.CurrentHost).ToArray())
        {
            if (Path.GetFileName(copy) != current && Directory.GetLastWriteTimeUtc(copy) < young && !IsInUse(copy))
            {
                Directory.Delete(copy, recursive: true);
            }
        }
    }

    private static bool IsInUse(string copy) => !OperatingSystem.IsLinux() || ProcessStat.All().Any(stat => RunsFrom(stat.ProcessId, copy));

    private static bool RunsFrom(int processId, string copy)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/cmdline"), Encoding.UTF8).Contains(copy + "/", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is another user's and so none of ours.
            return false;
        }
    }
}
