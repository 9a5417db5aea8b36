using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Commands;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>What a daemon leaves when it ends: mounts, cgroups, its folder, and after a crash the processes that held its containers.</summary>
internal static class DaemonRemains
{
    public static async Task RemoveAsync(string folder, string cgroup)
    {
        foreach (int process in Processes(folder))
        {
            await EndAsync(process);
        }

        // The innermost first.
        foreach (string mount in Mounts(folder).AsEnumerable().Reverse())
        {
            await Tool.RunAsync(Command.Of("umount", "--lazy", mount));
        }

        foreach (string hierarchy in new[] { "/sys/fs/cgroup" }.Concat(Directory.GetDirectories("/sys/fs/cgroup")))
        {
            await RemoveGroupAsync(Path.Combine(hierarchy, cgroup));
        }

        Mounts(folder).Should().BeEmpty("what was mounted is removed before the folder is");
        Directory.Delete(folder, recursive: true);
    }

    private static List<int> Processes(string folder) =>
        [.. Process.GetProcesses().Select(process => process.Id).Where(id => Arguments(id).Any(text => text.StartsWith(folder + "/", StringComparison.Ordinal)))];

    private static string[] Arguments(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            // It has ended.
            return [];
        }
    }

    private static async Task EndAsync(int id)
    {
        string[] arguments = Arguments(id);
        try
        {
            using Process process = Process.GetProcessById(id);
            process.Kill();
            await process.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // It has ended meanwhile.
        }

        // The socket of a containerd-shim, which it would have removed itself: named after its containerd's, the namespace and the container.
        if (Array.IndexOf(arguments, "-address") is var address and > 0 && Array.IndexOf(arguments, "-id") is var container and > 0)
        {
            File.Delete("/run/containerd/s/" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{arguments[address + 1]}/moby/{arguments[container + 1]}"))));
        }
    }

    private static List<string> Mounts(string folder) =>
        [.. File.ReadAllLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4]).Where(mount => mount.StartsWith(folder + "/", StringComparison.Ordinal))];

    private static async Task RemoveGroupAsync(string group)
    {
        if (!Directory.Exists(group))
        {
            return;
        }

        foreach (string inner in Directory.GetDirectories(group))
        {
            await RemoveGroupAsync(inner);
        }

        // What a daemon that was ended in the midst of a start has forgotten still runs in its group.
        await Until.TrueAsync(
            async () =>
            {
                foreach (string process in await File.ReadAllLinesAsync(Path.Combine(group, "cgroup.procs")))
                {
                    await EndAsync(int.Parse(process, CultureInfo.InvariantCulture));
                }

                return TryRemove(group);
            },
            $"{group} is empty");
    }

    private static bool TryRemove(string group)
    {
        try
        {
            // What looks like files in it isn't removed, and needn't be.
            Directory.Delete(group);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
