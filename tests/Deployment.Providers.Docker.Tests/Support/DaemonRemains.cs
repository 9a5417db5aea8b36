using Deployment.Commands;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>What a daemon leaves when it ends: mounts, cgroups and its folder.</summary>
internal static class DaemonRemains
{
    public static async Task RemoveAsync(string folder, string cgroup)
    {
        // The innermost first.
        foreach (string mount in Mounts(folder).AsEnumerable().Reverse())
        {
            await Tool.RunAsync(Command.Of("umount", "--lazy", mount));
        }

        foreach (string hierarchy in new[] { "/sys/fs/cgroup" }.Concat(Directory.GetDirectories("/sys/fs/cgroup")))
        {
            RemoveGroup(Path.Combine(hierarchy, cgroup));
        }

        Mounts(folder).Should().BeEmpty("what was mounted is removed before the folder is");
        Directory.Delete(folder, recursive: true);
    }

    private static List<string> Mounts(string folder) =>
        [.. File.ReadAllLines("/proc/self/mountinfo").Select(line => line.Split(' ')[4]).Where(mount => mount.StartsWith(folder + "/", StringComparison.Ordinal))];

    private static void RemoveGroup(string group)
    {
        if (!Directory.Exists(group))
        {
            return;
        }

        foreach (string inner in Directory.GetDirectories(group))
        {
            RemoveGroup(inner);
        }

        // What looks like files in it isn't removed, and needn't be.
        Directory.Delete(group);
    }
}
