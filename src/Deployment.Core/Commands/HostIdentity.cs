namespace Deployment.Commands;

/// <summary>Names the place in which a process id means something: the machine, its boot and its process namespace.</summary>
internal static class HostIdentity
{
    /// <summary>This process's place, such as <c>web-1/0d4f…/4026531836</c>; the machine's name alone where there is no more to tell.</summary>
    internal static string Current { get; } = OperatingSystem.IsLinux() ? string.Join('/', Environment.MachineName, Boot(), Namespace()) : Environment.MachineName;

    /// <summary>Whether that place was this machine and namespace before a restart, so that nothing of it can be left.</summary>
    internal static bool IsEarlierBoot(string host)
    {
        string[] recorded = host.Split('/');
        string[] current = Current.Split('/');
        return recorded.Length == 3 && current.Length == 3 && recorded[0] == current[0] && recorded[1] != current[1];
    }

    private static string Boot()
    {
        const string file = "/proc/sys/kernel/random/boot_id";
        return File.Exists(file) ? File.ReadAllText(file).Trim() : "0";
    }

    // The link reads "pid:[4026531836]". Two containers can share the machine's name, and then only this tells them apart.
    private static string Namespace()
    {
        string link = new FileInfo("/proc/self/ns/pid").LinkTarget ?? "";
        return link.Length > 6 ? link[5..^1] : "0";
    }
}
