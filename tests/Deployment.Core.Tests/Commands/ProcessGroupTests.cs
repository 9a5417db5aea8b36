using Deployment.Commands;

namespace Deployment.Tests.Commands;

[Category("Local")]
public sealed class ProcessGroupTests
{
    private TestFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TestFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    private static ProcessStart Shell(string script) => new() { Program = "sh", Arguments = ["-c", script] };

    private static Task EndAsync(ProcessGroup group, double seconds) =>
        group.EndAsync(TimeSpan.FromSeconds(seconds), TimeProvider.System, CancellationToken.None).InTimeAsync();

    private static int[] LivingMembers(int session) =>
        [.. ProcessStat.All().Where(stat => stat.Session == session && !stat.IsGone).Select(stat => stat.ProcessId)];

    [TestCase("exit 0", 0)]
    [TestCase("exit 37", 37)]
    [TestCase("kill -KILL $$", 137)]
    [TestCase("kill -TERM $$", 143)]
    public async Task WaitForExit_AnyEnd_TellsCodeAndLeavesNoZombie(string script, int expected)
    {
        using ProcessGroup group = ProcessGroup.Start(Shell(script));

        (await group.WaitForExitAsync(CancellationToken.None).InTimeAsync()).Should().Be(expected);
        ProcessStat.Read(group.ProcessId).Should().BeNull("a zombie would still have an entry");
        ProcessGroup.IsAlive(group.Identity).Should().BeFalse();
    }

    [Test]
    public async Task Start_Running_LeadsItsOwnSessionAndIsAlive()
    {
        using ProcessGroup group = ProcessGroup.Start(new ProcessStart { Program = "sleep", Arguments = ["60"] });

        ProcessStat stat = ProcessStat.Read(group.ProcessId)!;
        stat.Session.Should().Be(group.ProcessId);
        stat.Group.Should().Be(group.ProcessId);
        ProcessGroup.IsAlive(group.Identity).Should().BeTrue();
        ProcessGroup.IsAlive(group.Identity with { StartTime = group.StartTime + 1 }).Should().BeFalse("another process has the id then");
        ProcessGroup.IsAlive(group.Identity with { Host = "elsewhere" }).Should().BeFalse();
        ProcessGroup.IsAlive(ProcessGroup.Self).Should().BeTrue();

        await EndAsync(group, 10);
        (await group.WaitForExitAsync(CancellationToken.None)).Should().Be(143);
    }

    [Test]
    public async Task Start_FileStreams_AppendsAndKeepsOthersOut()
    {
        string file = _folder.File("log");
        ProcessStart start = Shell("echo out; echo err >&2; pwd; echo \"$GREETING\"; cat") with
        {
            WorkingFolder = _folder.Path,
            Environment = new Dictionary<string, string> { ["GREETING"] = "hello  you" },
            StandardOutput = ProcessStream.AppendTo(file),
            StandardError = ProcessStream.AppendTo(file),
        };
        for (int i = 0; i < 2; i++)
        {
            using ProcessGroup group = ProcessGroup.Start(start);
            (await group.WaitForExitAsync(CancellationToken.None).InTimeAsync()).Should().Be(0);
        }

        string once = $"out\nerr\n{_folder.Path}\nhello  you\n";
        File.ReadAllText(file).Should().Be(once + once);
        File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Test]
    public async Task Start_OwnEnvironment_InheritsNothing()
    {
        using ProcessGroup group = ProcessGroup.Start(new ProcessStart
        {
            Program = "/usr/bin/env",
            InheritEnvironment = false,
            Environment = new Dictionary<string, string> { ["B"] = "2", ["A"] = "1=1" },
            StandardOutput = ProcessStream.Pipe,
        });
        using var reader = new StreamReader(group.StandardOutput!);

        (await reader.ReadToEndAsync().InTimeAsync()).Should().Be("A=1=1\nB=2\n");
    }

    [Test]
    public async Task Start_Child_HasNoOtherDescriptorsAndDefaultSignals()
    {
        using FileStream open = File.Create(_folder.File("open"));
        using ProcessGroup group = ProcessGroup.Start(new ProcessStart { Program = "sleep", Arguments = ["100"] });

        // Its loader has files open for a moment; what was inherited would stay open.
        await Wait.UntilAsync(() => Directory.GetFileSystemEntries($"/proc/{group.ProcessId}/fd").Length == 3, "only the standard streams are open");
        string[] signals = [.. File.ReadLines($"/proc/{group.ProcessId}/status").Where(line => line.StartsWith("SigIgn") || line.StartsWith("SigBlk"))];
        // Signals 32 and 33 are the C library's own.
        signals.Should().HaveCount(2).And.OnlyContain(line => (Convert.ToUInt64(line.Substring(8), 16) & 0x7fff_ffff) == 0);
        await EndAsync(group, 10);
    }

    [Test]
    public async Task Start_Arguments_ArePassedAsTheyAre()
    {
        string[] arguments = ["", " ", "a b", "$(id)", "`id`", "'", "\"", "-n", "--", "*", "\n", "é🚀", "\\"];
        using ProcessGroup group = ProcessGroup.Start(new ProcessStart
        {
            Program = "printf", Arguments = ["%s\\0", .. arguments], StandardOutput = ProcessStream.Pipe,
        });
        using var reader = new StreamReader(group.StandardOutput!);

        (await reader.ReadToEndAsync().InTimeAsync()).Should().Be(string.Concat(arguments.Select(argument => argument + "\0")));
    }

    [Test]
    public void Start_MissingProgram_SaysWhereItLooked()
    {
        Action Start(string path) => () => ProcessGroup.Start(new ProcessStart { Program = "no-such-tool", Environment = new Dictionary<string, string> { ["PATH"] = path } });
        Start("/usr/bin:/bin").Should().Throw<DeploymentException>().WithMessage("The program 'no-such-tool' isn't installed: no folder of PATH has it (/usr/bin, /bin). Install it, or give its full path.");
        Start("/a:/b:/usr/bin:/a:/c:/d").Should().Throw<DeploymentException>().WithMessage("*no folder of PATH has it (/a, /b, /usr/bin and 2 more). *", "a long PATH is not repeated wherever the message stands");
        Start(":").Should().Throw<DeploymentException>().WithMessage("*no folder of PATH has it (it is empty). *");

        Action path = () => ProcessGroup.Start(new ProcessStart { Program = "./no-such-tool", WorkingFolder = _folder.Path });
        path.Should().Throw<DeploymentException>().WithMessage($"*{_folder.Path}*doesn't exist*");
    }

    [Test]
    public void Start_MissingFolder_NamesFolder()
    {
        Action start = () => ProcessGroup.Start(new ProcessStart { Program = "true", WorkingFolder = _folder.File("gone") });
        start.Should().Throw<DeploymentException>().WithMessage($"The working folder {_folder.File("gone")} of 'true' doesn't exist*");
    }

    [Test]
    public void Start_NotExecutable_SaysSo()
    {
        string file = _folder.File("tool");
        File.WriteAllText(file, "#!/bin/sh\n");
        Action direct = () => ProcessGroup.Start(new ProcessStart { Program = file });
        direct.Should().Throw<DeploymentException>().WithMessage($"*{file} is not executable*");

        Action inPath = () => ProcessGroup.Start(new ProcessStart { Program = "tool", Environment = new Dictionary<string, string> { ["PATH"] = _folder.Path } });
        inPath.Should().Throw<DeploymentException>().WithMessage($"*{file} is not executable*");
    }

    [TestCase("#!/no/such/interpreter\n", "*interpreter*doesn't exist*")]
    [TestCase("echo no first line\n", "*isn't a program for this machine*")]
    public void Start_BadScript_SaysWhy(string text, string message)
    {
        string file = _folder.Script("tool", text);
        Action start = () => ProcessGroup.Start(new ProcessStart { Program = file });
        start.Should().Throw<DeploymentException>().WithMessage(message);
    }

    [Test]
    public async Task Start_FileOpenForWriting_SaysSoAndStartsOnceItIsClosed()
    {
        string file = _folder.File("tool");
        File.Copy("/bin/sleep", file);
        using (FileStream open = File.OpenWrite(file))
        {
            Action start = () => ProcessGroup.Start(new ProcessStart { Program = file, Arguments = ["0"] });
            start.Should().Throw<DeploymentException>().WithMessage("*still open for writing*");
        }

        using ProcessGroup group = ProcessGroup.Start(new ProcessStart { Program = file, Arguments = ["0"] });
        (await group.WaitForExitAsync(CancellationToken.None).InTimeAsync()).Should().Be(0);
    }

    [Test]
    public async Task Start_JustWrittenProgramsSideBySide_NeverFindsThemBusy()
    {
        await Parallel.ForAsync(0, 200, async (i, token) =>
        {
            string file = _folder.Script($"tool{i}", "#!/bin/sh\nexit 0\n");
            using ProcessGroup group = ProcessGroup.Start(new ProcessStart { Program = file });
            (await group.WaitForExitAsync(token)).Should().Be(0);
        });
    }

    [Test]
    public async Task End_MemberWithAGroupOfItsOwn_IsEndedToo()
    {
        using ProcessGroup group = ProcessGroup.Start(new ProcessStart { Program = "bash", Arguments = ["-c", "set -m; sleep 100 & exec sleep 101"] });
        await Wait.UntilAsync(() => ProcessStat.All().Any(stat => stat.Session == group.ProcessId && stat.Group != group.ProcessId), "the job has its own group");

        await EndAsync(group, 15);

        LivingMembers(group.ProcessId).Should().BeEmpty();
    }

    [Test]
    public async Task End_ZombieOfItsOwn_IsSeenButNotWaitedFor()
    {
        using ProcessGroup group = ProcessGroup.Start(Shell("true & exec sleep 100"));
        await Wait.UntilAsync(() => ProcessStat.All().Any(stat => stat.Session == group.ProcessId && stat.IsGone), "sleep didn't reap what it never started");

        await EndAsync(group, 15);

        LivingMembers(group.ProcessId).Should().BeEmpty();
        group.Signal(15);
    }

    [Test]
    public void Start_UnusableInput_IsRefused()
    {
        Action nul = () => ProcessGroup.Start(new ProcessStart { Program = "true", Arguments = ["a\0b"] });
        nul.Should().Throw<DeploymentException>().WithMessage("*NUL*");
        Action unicode = () => ProcessGroup.Start(new ProcessStart { Program = "true", Arguments = ["\ud800"] });
        unicode.Should().Throw<DeploymentException>().WithMessage("*Unicode*");
        Action variable = () => ProcessGroup.Start(new ProcessStart { Program = "true", Environment = new Dictionary<string, string> { ["A=B"] = "" } });
        variable.Should().Throw<DeploymentException>().WithMessage("*'A=B'*");
        Action log = () => ProcessGroup.Start(new ProcessStart { Program = "true", StandardOutput = ProcessStream.AppendTo(_folder.File("no/log")) });
        log.Should().Throw<DeploymentException>().WithMessage("*no/log*");
    }

    [Test]
    public async Task End_TreeWithStubbornMember_LeavesNothing()
    {
        using ProcessGroup group = ProcessGroup.Start(Shell("sleep 100 & (trap '' TERM; while :; do sleep 0.05; done) & echo ready; wait") with { StandardOutput = ProcessStream.Pipe });
        using var reader = new StreamReader(group.StandardOutput!, leaveOpen: true);
        (await reader.ReadLineAsync().InTimeAsync()).Should().Be("ready");
        await Wait.UntilAsync(() => LivingMembers(group.ProcessId).Length >= 3, "the tree stands");

        await EndAsync(group, 0.3);

        LivingMembers(group.ProcessId).Should().BeEmpty();
        (await group.WaitForExitAsync(CancellationToken.None)).Should().Be(143);
    }

    [Test]
    public async Task End_StoppedProcess_EndsWithinGrace()
    {
        using ProcessGroup group = ProcessGroup.Start(new ProcessStart { Program = "sleep", Arguments = ["100"] });
        group.Signal(19);
        await Wait.UntilAsync(() => ProcessStat.Read(group.ProcessId)!.State == 'T', "it is stopped");

        await EndAsync(group, 15);

        (await group.WaitForExitAsync(CancellationToken.None)).Should().Be(143, "SIGTERM ended it, not SIGKILL");
    }

    [Test]
    public async Task EndByRecord_LeaderGone_EndsTheRestOfItsSession()
    {
        using ProcessGroup group = ProcessGroup.Start(Shell("sleep 100 & exit 0"));
        await group.WaitForExitAsync(CancellationToken.None).InTimeAsync();
        LivingMembers(group.ProcessId).Should().HaveCount(1);

        await ProcessGroup.EndAsync(group.Identity, TimeSpan.FromSeconds(10), TimeProvider.System, CancellationToken.None).InTimeAsync();

        LivingMembers(group.ProcessId).Should().BeEmpty();
    }

    [Test]
    public async Task EndByRecord_IdGivenToAnother_LeavesTheNewcomerAlone()
    {
        using ProcessGroup stranger = ProcessGroup.Start(new ProcessStart { Program = "sleep", Arguments = ["100"] });
        CommandProcess record = stranger.Identity with { StartTime = stranger.StartTime - 100 };

        await ProcessGroup.EndAsync(record, TimeSpan.Zero, TimeProvider.System, CancellationToken.None).InTimeAsync();

        ProcessGroup.IsAlive(stranger.Identity).Should().BeTrue();
        await EndAsync(stranger, 0);
    }

    [Test]
    public async Task EndByRecord_OtherHost_IsRefusedAndEarlierBootIsNothing()
    {
        using ProcessGroup group = ProcessGroup.Start(new ProcessStart { Program = "sleep", Arguments = ["100"] });
        string[] host = group.Identity.Host.Split('/');
        Func<Task> other = () => ProcessGroup.EndAsync(group.Identity with { Host = "elsewhere" }, TimeSpan.Zero, TimeProvider.System, CancellationToken.None);
        await other.Should().ThrowAsync<DeploymentException>().WithMessage("*elsewhere*");

        await ProcessGroup.EndAsync(group.Identity with { Host = $"{host[0]}/earlier/{host[2]}" }, TimeSpan.Zero, TimeProvider.System, CancellationToken.None);

        ProcessGroup.IsAlive(group.Identity).Should().BeTrue();
        await EndAsync(group, 0);
    }

    [Test]
    public async Task WaitForExit_BesideProcessesOfDotNet_BothLearnTheirExitCodes()
    {
        for (int i = 0; i < 20; i++)
        {
            using ProcessGroup group = ProcessGroup.Start(Shell("exit 3"));
            using System.Diagnostics.Process other = System.Diagnostics.Process.Start("sh", ["-c", "exit 4"]);
            await other.WaitForExitAsync().InTimeAsync();
            other.ExitCode.Should().Be(4);
            (await group.WaitForExitAsync(CancellationToken.None).InTimeAsync()).Should().Be(3);
        }
    }

    [Test]
    [Category("Unit")]
    public void Parse_HostileName_FindsTheFields()
    {
        string line = "77 (a) Z 1 (b) (x y) S 1 70 71 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2 3";
        ProcessStat.Parse(77, line).Should().Be(new ProcessStat(77, 'S', 70, 71, 987654) { ProcessorTicks = 5 + 6, ResidentPages = 2 });
        ProcessStat.Parse(77, "77 (cut").Should().BeNull();
        ProcessStat.Parse(77, "").Should().BeNull();
    }
}
