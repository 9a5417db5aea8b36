using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Tests.Processes;

[Category("Local")]
public sealed class CgroupsTests
{
    private const long Limit = 64L << 20;
    private string _root = "";
    private StateFolder _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _root = Directory.CreateTempSubdirectory("dc-").FullName;
        _folder = new StateFolder(_root);
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_root, recursive: true);

    [Test]
    public async Task Enter_ProcessTakesMoreMemoryThanAllowed_IsKilledAndOthersAreNot()
    {
        Cgroups cgroups = Real();
        ProcessGroup greedy = Start("x=$(head -c 50000000 /dev/zero | tr '\\0' x); y=$x$x$x; sleep 60");
        ProcessGroup free = Start("x=$(head -c 50000000 /dev/zero | tr '\\0' x); y=$x$x$x; exit 7");
        try
        {
            cgroups.Enter(1, new ResourceLimits { MemoryBytes = Limit }, greedy.Identity);

            (await greedy.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60))).Should().BeOneOf(137, 2);
            (await free.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60))).Should().Be(7, "without the limit the same program has all the memory that it wants");
        }
        finally
        {
            await EndAsync(cgroups, greedy, free);
        }
    }

    [Test]
    public async Task Enter_WhatWasForkedBefore_IsUnderTheLimitsToo()
    {
        Cgroups cgroups = Real();
        ProcessGroup family = Start("sleep 60 & sleep 60 & wait");
        try
        {
            await UntilAsync(() => Members(family).Count == 3);

            cgroups.Enter(2, new ResourceLimits { CpuCores = 0.5, MemoryBytes = Limit }, family.Identity);

            foreach (int member in Members(family))
            {
                File.ReadAllText($"/proc/{member}/cgroup").Should().Contain($"deployment-{SpawnMark.FolderId(_folder)}-2");
            }
        }
        finally
        {
            await EndAsync(cgroups, family);
        }
    }

    [Test]
    public void Find_DelegatedGroupOfVersion2_SetsTheLimitsThere()
    {
        string own = Fake("cpu io memory", "");

        Cgroups cgroups = Cgroups.Find(_folder, Path.Combine(_root, "cgroup"), Path.Combine(_root, "self"));
        cgroups.Enter(7, new ResourceLimits { MemoryBytes = Limit, CpuCores = 1.5 }, ProcessGroup.Self);

        cgroups.Problem.Should().BeNull();
        string group = Path.Combine(own, $"deployment-{SpawnMark.FolderId(_folder)}-7");
        File.ReadAllText(Path.Combine(group, "memory.max")).Should().Be($"{Limit}");
        File.ReadAllText(Path.Combine(group, "cpu.max")).Should().Be("150000 100000");
        File.ReadAllText(Path.Combine(own, "cgroup.subtree_control")).Should().Be("+memory +cpu");
    }

    [Test]
    public void Find_GroupWithoutControllers_SaysWhatToDo()
    {
        Fake("io pids", "");

        Cgroups cgroups = Cgroups.Find(_folder, Path.Combine(_root, "cgroup"), Path.Combine(_root, "self"));

        cgroups.Problem.Should().Contain("io pids").And.Contain("SystemdUnit");
        FluentActions.Invoking(() => cgroups.Enter(1, new ResourceLimits { MemoryBytes = Limit }, ProcessGroup.Self)).Should().Throw<DeploymentException>();
    }

    [Test]
    public void Find_NoControlGroups_SaysSo() =>
        Cgroups.Find(_folder, Path.Combine(_root, "none"), Path.Combine(_root, "none")).Problem.Should().Contain("can be limited on Linux only");

    private string Fake(string controllers, string given)
    {
        string own = Path.Combine(_root, "cgroup", "unit.service");
        Directory.CreateDirectory(own);
        File.WriteAllText(Path.Combine(_root, "self"), "0::/unit.service\n");
        File.WriteAllText(Path.Combine(_root, "cgroup", "cgroup.controllers"), controllers);
        File.WriteAllText(Path.Combine(own, "cgroup.controllers"), controllers + "\n");
        File.WriteAllText(Path.Combine(own, "cgroup.subtree_control"), given);
        File.WriteAllText(Path.Combine(own, "cgroup.procs"), "");
        return own;
    }

    private Cgroups Real()
    {
        Cgroups cgroups = Cgroups.Find(_folder);
        if (cgroups.Problem is { } problem)
        {
            Assert.Ignore($"Missing component: control groups that may be written. {problem}");
        }

        return cgroups;
    }

    private static ProcessGroup Start(string script) => ProcessGroup.Start(new ProcessStart { Program = "sh", Arguments = ["-c", "sleep 0.3; " + script] });

    private static List<int> Members(ProcessGroup group) =>
        [.. ProcessStat.All().Where(stat => stat.Session == group.ProcessId && !stat.IsGone).Select(stat => stat.ProcessId)];

    private static async Task EndAsync(Cgroups cgroups, params ProcessGroup[] groups)
    {
        foreach (ProcessGroup group in groups)
        {
            await group.EndAsync(TimeSpan.Zero, TimeProvider.System, CancellationToken.None);
            group.Dispose();
        }

        cgroups.Clean();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(30));
            await Task.Delay(10);
        }
    }
}
