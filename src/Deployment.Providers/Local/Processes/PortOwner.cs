using System.Globalization;
using System.Text;

namespace Deployment.Providers.Local.Processes;

/// <summary>Who listens on a TCP port, as far as Linux tells this user.</summary>
internal static class PortOwner
{
    private const string Listening = "0A";

    /// <summary>Such as <c>process 4711 (nginx)</c>, or <c>another process</c>; null when nobody listens.</summary>
    public static string? Describe(int port)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        HashSet<string> inodes = [.. Inodes("/proc/net/tcp", port), .. Inodes("/proc/net/tcp6", port)];
        if (inodes.Count == 0)
        {
            return null;
        }

        return Owner(inodes) is { } owner ? $"process {owner} ({Name(owner)})" : "a process of another user";
    }

    /// <summary>The process that listens; null when nobody does or it can't be told.</summary>
    public static int? ProcessId(int port) =>
        OperatingSystem.IsLinux() && new HashSet<string>([.. Inodes("/proc/net/tcp", port), .. Inodes("/proc/net/tcp6", port)]) is { Count: > 0 } inodes ? Owner(inodes) : null;

    private static IEnumerable<string> Inodes(string table, int port)
    {
        string suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return !File.Exists(table)
            ? []
            : File.ReadLines(table).Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields.Length > 9 && fields[3] == Listening && fields[1].EndsWith(suffix, StringComparison.Ordinal))
                .Select(fields => $"socket:[{fields[9]}]");
    }

    private static int? Owner(HashSet<string> inodes)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int processId) && Holds(folder, inodes))
            {
                return processId;
            }
        }

        return null;
    }

    private static bool Holds(string folder, HashSet<string> inodes)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(folder, "fd"))
                .Any(handle => new FileInfo(handle).LinkTarget is { } target && inodes.Contains(target));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Name(int processId)
    {
        try
        {
            return Releases.Naming.Printable(File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/comm"), Encoding.UTF8).Trim());
        }
        catch (IOException)
        {
            return "ended meanwhile";
        }
    }
}
