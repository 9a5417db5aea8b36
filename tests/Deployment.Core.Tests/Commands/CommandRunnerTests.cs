using System.Collections.Concurrent;
using Deployment.Commands;
using Deployment.Secrets;

namespace Deployment.Tests.Commands;

[Category("Local")]
public sealed class CommandRunnerTests
{
    private readonly CommandRunner _runner = new(TimeProvider.System);
    private TestFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TestFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    private static Command Shell(string script) => Command.Of("sh", "-c", script);

    private static bool SessionStands(int session) => ProcessStat.All().Any(stat => stat.Session == session && !stat.IsGone);

    private Task<CommandResult> RunAsync(Command command, CommandObserver? observer = null, CancellationToken cancellationToken = default) =>
        _runner.RunAsync(command, observer, cancellationToken).InTimeAsync();

    [Test]
    public async Task Run_AnyEnd_TellsCodeAndStreamsApart()
    {
        CommandResult result = await RunAsync(Shell("echo out; echo err >&2; exit 7"));

        result.ExitCode.Should().Be(7);
        result.Output.Should().Be("out\n");
        result.Error.Should().Be("err\n");
        result.Duration.Should().BePositive();
    }

    [Test]
    public async Task Run_Environment_IsAddedAndFolderIsUsed()
    {
        Command command = Shell("pwd; echo \"$PLAIN $HIDDEN\" | wc -c; test -n \"$PATH\"") with
        {
            WorkingFolder = _folder.Path,
            Environment = new Dictionary<string, string> { ["PLAIN"] = "1234" },
            SecretEnvironment = new Dictionary<string, Secret> { ["HIDDEN"] = new("56789") },
        };

        (await RunAsync(command)).EnsureSuccess(command).Output.Should().Be($"{_folder.Path}\n11\n");
    }

    [Test]
    public async Task Run_StandardInput_IsWrittenAndClosed()
    {
        Command command = Command.Of("wc", "-c") with { StandardInput = new Secret(new string('x', 300_000)) };
        (await RunAsync(command)).Output.Trim().Should().Be("300000");
        (await RunAsync(Command.Of("cat"))).Output.Should().BeEmpty("without input there is the null device");
    }

    [Test]
    public async Task Run_InputNotRead_IsNoError()
    {
        Command command = Shell("exec 0<&-; exit 5") with { StandardInput = new Secret(new string('x', 3_000_000)) };
        (await RunAsync(command)).ExitCode.Should().Be(5);
    }

    [Test]
    public async Task Run_Started_GetsTheProcessWhileItRuns()
    {
        CommandProcess? seen = null;
        bool alive = false;
        var observer = new CommandObserver
        {
            Started = async process =>
            {
                await Task.Yield();
                seen = process;
                alive = ProcessGroup.IsAlive(process);
                File.WriteAllText(_folder.File("go"), "");
            },
        };

        CommandResult result = await RunAsync(Shell("while [ ! -e go ]; do sleep 0.01; done; echo $$") with { WorkingFolder = _folder.Path }, observer);

        alive.Should().BeTrue();
        result.Output.Should().Be($"{seen!.ProcessId}\n");
    }

    [Test]
    public async Task Run_StartedThrows_EndsTheGroupAndTellsWhy()
    {
        int session = 0;
        var observer = new CommandObserver { Started = process => { session = process.ProcessId; throw new InvalidOperationException("journal is gone"); } };
        Func<Task> run = () => RunAsync(Command.Of("sleep", "100"), observer);

        await run.Should().ThrowAsync<InvalidOperationException>().WithMessage("journal is gone");
        SessionStands(session).Should().BeFalse();
    }

    [Test]
    public async Task Run_LineThrows_EndsTheGroupAndTellsWhy()
    {
        int session = 0;
        var observer = new CommandObserver
        {
            Started = process => { session = process.ProcessId; return Task.CompletedTask; },
            Line = _ => throw new InvalidOperationException("console is gone"),
        };
        Func<Task> run = () => RunAsync(Shell("echo line; sleep 100"), observer);

        await run.Should().ThrowAsync<InvalidOperationException>().WithMessage("console is gone");
        SessionStands(session).Should().BeFalse();
    }

    [Test]
    public async Task Run_TimeOut_EndsTheWholeTree()
    {
        int session = 0;
        var observer = new CommandObserver { Started = process => { session = process.ProcessId; return Task.CompletedTask; } };
        Command command = Shell("echo working; sleep 100 & (sleep 101 & wait) & wait") with { Timeout = TimeSpan.FromSeconds(1.5) };
        Func<Task> run = () => RunAsync(command, observer);

        await run.Should().ThrowAsync<DeploymentException>().WithMessage("*time-out of 1.5 s*working*");
        SessionStands(session).Should().BeFalse();
    }

    [Test]
    public async Task Run_CancelledWhileTermIsIgnored_KillsAfterGrace()
    {
        int session = 0;
        using var cancel = new CancellationTokenSource();
        var observer = new CommandObserver
        {
            Started = process => { session = process.ProcessId; return Task.CompletedTask; },
            Line = line => cancel.CancelAfter(line == "ready" ? 1 : throw new InvalidOperationException(line)),
        };
        Command command = Shell("trap '' TERM; echo ready; while :; do sleep 0.05; done") with { Grace = TimeSpan.FromSeconds(0.2) };
        Func<Task> run = () => RunAsync(command, observer, cancel.Token);

        (await run.Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(cancel.Token);
        SessionStands(session).Should().BeFalse();
        ProcessStat.Read(session).Should().BeNull("it was reaped");
    }

    [Test]
    public async Task Run_DaemonKeepsThePipe_ReturnsAnyway()
    {
        CommandResult result = await RunAsync(Shell("setsid sleep 100 & echo $!; exit 3"));

        result.ExitCode.Should().Be(3);
        int daemon = int.Parse(result.Output, System.Globalization.CultureInfo.InvariantCulture);
        ProcessStat stat = ProcessStat.Read(daemon)!;
        stat.IsGone.Should().BeFalse();
        await ProcessGroup.EndAsync(new CommandProcess(ProcessGroup.Self.Host, stat.Session, ProcessStat.Read(stat.Session)!.StartTime), TimeSpan.FromSeconds(10), TimeProvider.System, CancellationToken.None).InTimeAsync();
    }

    [Test]
    public async Task Run_HugeOutput_KeepsTheEndInBoundedMemory()
    {
        int count = 0;
        int longest = 0;
        var observer = new CommandObserver { Line = line => { count++; longest = Math.Max(longest, line.Length); } };
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long peak = 0;
        var watched = new CommandObserver { Line = line => { observer.Line(line); peak = Math.Max(peak, count % 50 == 0 ? GC.GetTotalMemory(true) : 0); } };

        CommandResult result = await RunAsync(Shell("head -c 10000000 /dev/zero | tr '\\0' x; echo; echo end"), watched);

        result.Output.Should().HaveLength(64 * 1024).And.EndWith("x\nend\n");
        longest.Should().BeLessThanOrEqualTo(16 * 1024);
        count.Should().BeGreaterThan(600);
        (peak - before).Should().BeLessThan(5_000_000);
    }

    [Test]
    public async Task Run_BinaryAndControlCharacters_ArePassedOnAsText()
    {
        var lines = new ConcurrentQueue<string>();
        CommandResult result = await RunAsync(Shell("printf 'a\\377\\033[31m\\0b\\r\\nlast'"), new CommandObserver { Line = lines.Enqueue });

        result.Output.Should().Be("a\ufffd\u001b[31m\0b\r\nlast");
        lines.Should().Equal("a\ufffd\u001b[31m\0b", "last");
    }

    [Test]
    public async Task Run_SecretsPrinted_AreRemovedEverywhere()
    {
        const string key = "-----BEGIN KEY-----\nMIIabcdefgh\n-----END KEY-----\n";
        var lines = new ConcurrentQueue<string>();
        Command command = Shell("""
            printf 'half:hun'; sleep 0.05; printf 'ter2;whole:%s\n' "$PASSWORD"
            cat; printf '%s' "$KEY" | head -n 2 | tail -n 1 >&2
            printf 'user:%s' "$PASSWORD" | base64 >&2; printf '%s\n' "$KEY"; exit 9
            """) with
        {
            SecretEnvironment = new Dictionary<string, Secret> { ["PASSWORD"] = new("hunter2"), ["KEY"] = new(key) },
            StandardInput = new Secret("typed-in\n"),
        };

        CommandResult result = await RunAsync(command, new CommandObserver { Line = lines.Enqueue });
        Action ensure = () => result.EnsureSuccess(command);
        string message = ensure.Should().Throw<DeploymentException>().Which.Message;

        foreach (string text in new[] { result.Output, result.Error, string.Join('\n', lines), message, command.ToString() })
        {
            text.Should().NotContainAny("hunter", "typed-in", "MIIabcdefgh", "BEGIN KEY", Convert.ToBase64String("hunter2"u8)[..8]);
        }

        result.Output.Should().Be("half:[secret];whole:[secret]\n[secret][secret]\n");
        result.Error.Should().StartWith("[secret]\n");
    }

    [Test]
    public async Task Run_SecretsNotNamed_WouldBeSeen()
    {
        // The negative control of the test above: the same command prints the text when it isn't a secret.
        Command command = Shell("printf 'half:hun'; sleep 0.05; printf 'ter2\n'");
        (await RunAsync(command)).Output.Should().Be("half:hunter2\n");
    }

    [Test]
    public async Task Run_LineBeforeSecretCouldBegin_IsShownAtOnce()
    {
        var shown = new TaskCompletionSource();
        Command command = Shell("echo progress; while [ ! -e go ]; do sleep 0.01; done") with
        {
            WorkingFolder = _folder.Path,
            SecretEnvironment = new Dictionary<string, Secret> { ["LONG"] = new(new string('z', 5000)) },
        };
        Task<CommandResult> run = RunAsync(command, new CommandObserver { Line = _ => shown.TrySetResult() });

        await shown.Task.InTimeAsync();
        File.WriteAllText(_folder.File("go"), "");
        (await run).ExitCode.Should().Be(0);
    }

    [Test]
    public async Task Run_UnusableTimes_AreRefused()
    {
        Func<Task> timeout = () => RunAsync(Command.Of("true") with { Timeout = TimeSpan.Zero });
        await timeout.Should().ThrowAsync<DeploymentException>().WithMessage("*time-out*");
        Func<Task> grace = () => RunAsync(Command.Of("true") with { Grace = TimeSpan.FromSeconds(-1) });
        await grace.Should().ThrowAsync<DeploymentException>().WithMessage("*grace*");
    }

    [Test]
    public async Task Run_CancelledBefore_StartsNothing()
    {
        Func<Task> run = () => RunAsync(Shell("touch made") with { WorkingFolder = _folder.Path }, null, new CancellationToken(canceled: true));
        await run.Should().ThrowAsync<OperationCanceledException>();
        File.Exists(_folder.File("made")).Should().BeFalse();
    }

    [Test]
    public async Task Run_ManyAtOnce_EachGetsItsOwnAnswer()
    {
        CommandResult[] results = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => RunAsync(Shell($"echo {i}; exit {i}"))));
        results.Select(result => result.ExitCode).Should().Equal(Enumerable.Range(0, 60));
        results.Select(result => result.Output).Should().Equal(Enumerable.Range(0, 60).Select(i => $"{i}\n"));
    }
}
