using System.Globalization;
using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Processes;

/// <summary>
/// Limits memory and CPU of instances by control groups: version 2 where this process's own group was delegated to it, version 1 where
/// it may make groups.
/// </summary>
internal sealed class Cgroups
{
    // As DelegateSubgroup of the systemd unit names it.
    private const string Leaf = "supervisor";
    private const string Controllers = "cgroup.controllers";
    private const int PeriodMicroseconds = 100_000;
    private static readonly string[] Needed = ["memory", "cpu"];
    private readonly Lock _changing = new();
    private readonly string _prefix;
    private readonly string? _memory;
    private readonly string? _cpu;
    private readonly bool _unified;

    private Cgroups(StateFolder folder, string? memory, string? cpu, bool unified, string? problem)
    {
        _prefix = "deployment-" + SpawnMark.FolderId(folder);
        _memory = memory;
        _cpu = cpu;
        _unified = unified;
        Problem = problem;
    }

    /// <summary>Why no limits can be set; null when they can.</summary>
    public string? Problem { get; }

    /// <summary>Looks what this process may use, and changes nothing that stays.</summary>
    /// <param name="folder">Whose groups they are.</param>
    /// <param name="root">Where control groups are mounted.</param>
    /// <param name="self">Tells the groups of this process.</param>
    public static Cgroups Find(StateFolder folder, string root = "/sys/fs/cgroup", string self = "/proc/self/cgroup")
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(self))
        {
            return new Cgroups(folder, null, null, false, "Memory and CPU can be limited on Linux only.");
        }

        string[][] lines = [.. File.ReadLines(self).Select(line => line.Split(':', 3)).Where(line => line.Length == 3)];
        return File.Exists(Path.Combine(root, Controllers)) ? Unified(folder, root, lines) : Separate(folder, root, lines);
    }

    /// <summary>Puts a process that was started just now, and what it has started since, under limits.</summary>
    /// <exception cref="DeploymentException">The system refuses.</exception>
    public void Enter(long spawn, ResourceLimits limits, CommandProcess process)
    {
        if (Problem is not null)
        {
            throw new DeploymentException(Problem);
        }

        try
        {
            lock (_changing)
            {
                RemoveEmpty();
                EnterGroups(spawn.ToString(CultureInfo.InvariantCulture), limits, process);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DeploymentException($"The limits of process {process.ProcessId} can't be set: {error.Message}", error);
        }
    }

    /// <summary>Removes the groups of this folder that no process is in.</summary>
    public void Clean()
    {
        lock (_changing)
        {
            RemoveEmpty();
        }
    }

    private void RemoveEmpty()
    {
        foreach (string parent in new[] { _memory, _cpu }.OfType<string>().Where(Directory.Exists).Distinct())
        {
            foreach (string group in Directory.EnumerateDirectories(parent, _prefix + "-*").ToArray())
            {
                Remove(group);
            }
        }
    }

    private void EnterGroups(string name, ResourceLimits limits, CommandProcess process)
    {
        if (_unified)
        {
            Delegate(_memory!);
        }

        foreach (string group in Groups(name, limits))
        {
            Directory.CreateDirectory(group);
        }

        Set(name, limits);
        // What it forked before it was moved is outside still; what it forks from then on is inside.
        for (bool moved = true; moved;)
        {
            moved = false;
            foreach (ProcessStat member in ProcessStat.All().Where(stat => stat.Session == process.ProcessId && !stat.IsGone).ToArray())
            {
                foreach (string group in Groups(name, limits))
                {
                    moved |= Move(group, member.ProcessId);
                }
            }
        }
    }

    private static Cgroups Unified(StateFolder folder, string root, string[][] lines)
    {
        string path = (lines.FirstOrDefault(line => line[0] == "0")?[2] ?? "/").TrimStart('/');
        string own = Path.Combine(root, Path.GetFileName(path) == Leaf ? Path.GetDirectoryName(path)! : path);
        own = Directory.Exists(own) ? own : root;
        string controllers = File.Exists(Path.Combine(own, Controllers)) ? File.ReadAllText(Path.Combine(own, Controllers)).Trim() : "";
        string? problem = !Needed.All(controllers.Split(' ').Contains)
            ? $"has not both controllers (it has: {controllers})"
            : !MayMake(own) ? "isn't this user's" : null;
        return problem is null
            ? new Cgroups(folder, own, own, true, null)
            : new Cgroups(folder, null, null, true, $"Memory and CPU can't be limited here: the control group {own} {problem}. Run the supervisor as the systemd unit that LocalHost.SystemdUnit prints; it has Delegate=yes.");
    }

    // A group with processes can't hand controllers down (cgroups(7), "no internal processes"), so this process moves into a leaf first.
    // Not before there is a limit to set: a group that has handed controllers down is one that systemd can't start the unit in again.
    private static void Delegate(string own)
    {
        string control = Path.Combine(own, "cgroup.subtree_control");
        if (Needed.All(File.ReadAllText(control).Trim().Split(' ').Contains))
        {
            return;
        }

        int[] members = [.. File.ReadLines(Path.Combine(own, "cgroup.procs")).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
        // Only the root has no type, and only the root may do both.
        if (members.Length > 0 && File.Exists(Path.Combine(own, "cgroup.type")))
        {
            string leaf = Path.Combine(own, Leaf);
            Directory.CreateDirectory(leaf);
            foreach (int member in members)
            {
                File.WriteAllText(Path.Combine(leaf, "cgroup.procs"), member.ToString(CultureInfo.InvariantCulture));
            }
        }

        File.WriteAllText(control, "+memory +cpu");
    }

    private static Cgroups Separate(StateFolder folder, string root, string[][] lines)
    {
        string? memory = Controller("memory");
        string? cpu = Controller("cpu");
        string? problem = memory is null || cpu is null
            ? $"Memory and CPU can't be limited here: {root} has no control groups of them that this user may make groups in. Run the supervisor as the systemd unit that LocalHost.SystemdUnit prints."
            : null;
        return new Cgroups(folder, memory, cpu, false, problem);

        string? Controller(string name)
        {
            string? path = lines.FirstOrDefault(line => line[1].Split(',').Contains(name))?[2];
            string mount = Path.Combine(root, name);
            string own = Path.Combine(mount, path?.TrimStart('/') ?? "");
            string place = Directory.Exists(own) ? own : mount;
            return path is not null && Directory.Exists(place) && MayMake(place) ? place : null;
        }
    }

    private static bool MayMake(string parent)
    {
        string trial = Path.Combine(parent, string.Create(CultureInfo.InvariantCulture, $"deployment-trial-{Environment.ProcessId}"));
        try
        {
            Directory.CreateDirectory(trial);
            Directory.Delete(trial);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private string Group(string name) => $"{_prefix}-{name}";

    private IEnumerable<string> Groups(string name, ResourceLimits limits)
    {
        if (_unified)
        {
            yield return Path.Combine(_memory!, Group(name));
            yield break;
        }

        if (limits.MemoryBytes is not null)
        {
            yield return Path.Combine(_memory!, Group(name));
        }

        if (limits.CpuCores is not null)
        {
            yield return Path.Combine(_cpu!, Group(name));
        }
    }

    private void Set(string name, ResourceLimits limits)
    {
        string memory = Path.Combine(_memory!, Group(name));
        string cpu = Path.Combine(_cpu!, Group(name));
        if (limits.MemoryBytes is { } bytes)
        {
            string text = bytes.ToString(CultureInfo.InvariantCulture);
            Write(memory, _unified ? "memory.max" : "memory.limit_in_bytes", text);
            // Without these it would be swapped out instead, and the whole machine would be slow.
            WriteIfThere(memory, _unified ? "memory.swap.max" : "memory.memsw.limit_in_bytes", _unified ? "0" : text);
            WriteIfThere(memory, "memory.oom.group", "1");
        }

        if (limits.CpuCores is { } cores)
        {
            string quota = ((long)(cores * PeriodMicroseconds)).ToString(CultureInfo.InvariantCulture);
            string period = PeriodMicroseconds.ToString(CultureInfo.InvariantCulture);
            if (_unified)
            {
                Write(cpu, "cpu.max", $"{quota} {period}");
                return;
            }

            Write(cpu, "cpu.cfs_period_us", period);
            Write(cpu, "cpu.cfs_quota_us", quota);
        }
    }

    private static void Write(string group, string file, string value) => File.WriteAllText(Path.Combine(group, file), value);

    private static void WriteIfThere(string group, string file, string value)
    {
        if (File.Exists(Path.Combine(group, file)))
        {
            Write(group, file, value);
        }
    }

    private static bool Move(string group, int processId)
    {
        string members = Path.Combine(group, "cgroup.procs");
        string text = processId.ToString(CultureInfo.InvariantCulture);
        if (File.Exists(members) && File.ReadLines(members).Contains(text))
        {
            return false;
        }

        try
        {
            File.WriteAllText(members, text);
            return true;
        }
        catch (IOException) when (ProcessStat.Read(processId) is null or { IsGone: true })
        {
            return false;
        }
    }

    private static void Remove(string group)
    {
        try
        {
            if (Directory.Exists(group))
            {
                // Its files are the kernel's and go with it.
                Directory.Delete(group);
            }
        }
        catch (IOException)
        {
            // Somebody is in it.
        }
    }
}
