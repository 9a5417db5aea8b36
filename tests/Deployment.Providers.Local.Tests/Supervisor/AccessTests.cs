using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Targets;
using Deployment.Tests;

namespace Deployment.Providers.Local.Tests.Supervisor;

/// <summary>Who may ask a supervisor, and how it comes back with the machine.</summary>
public sealed class AccessTests : LocalFixture
{
    private readonly HttpClient _client = new();

    [OneTimeTearDown]
    public void DisposeClient() => _client.Dispose();

    [Test]
    public async Task ControlSockets_AnotherUserThoughTheModesAreOpen_IsRefused()
    {
        string setpriv = RealComponent.Require("setpriv");
        string curl = RealComponent.Require("curl");
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("Missing component: root, to be another user.");
        }

        await InstallAndRouteAsync(1);
        foreach (string socket in new[] { Folder.SupervisorSocket, Folder.RouterSocket(Port) })
        {
            // Somebody has opened what is closed by default.
            const UnixFileMode open = (UnixFileMode)0b111_111_111;
            File.SetUnixFileMode(Folder.Path, open);
            File.SetUnixFileMode(socket, open);
            string path = socket == Folder.SupervisorSocket ? "/status" : $"/tables/{Target.Name}";
            string[] ask = [curl, "-sS", "--max-time", "10", "--unix-socket", socket, "http://local" + path];

            (await CodeAsync(ask)).Should().Be(0, "the owner may ask");
            (await CodeAsync([setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", .. ask])).Should().NotBe(0, "nobody else may");
            File.SetUnixFileMode(Folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            (await CodeAsync([setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", .. ask])).Should().NotBe(0, "the folder is closed as well");
        }

        (await File.ReadAllTextAsync(Folder.SupervisorLog)).Should().Contain("User 65534 tried to use a control socket");
    }

    [Test]
    public async Task SystemdUnit_IsWhatSystemdTakes()
    {
        string analyze = RealComponent.Require("systemd-analyze");
        string unit = Path.Combine(Folder.Path, "shop-deployments.service");
        await File.WriteAllTextAsync(unit, Host.SystemdUnit("daemon"));

        CommandResult result = await new CommandRunner(TimeProvider.System).RunAsync(Command.Of(analyze, "verify", "--man=no", unit), null, CancellationToken.None);
        string own = string.Join('\n', (result.Output + result.Error).Split('\n').Where(line => line.Contains("shop-deployments", StringComparison.Ordinal) && !line.Contains("DelegateSubgroup", StringComparison.Ordinal)));
        own.Should().BeEmpty("systemd finds nothing wrong with it (DelegateSubgroup is ignored before version 254)");
        result.ExitCode.Should().Be(0);

        await File.WriteAllTextAsync(unit, (await File.ReadAllTextAsync(unit)).Replace("Type=exec", "Type=sometimes").Replace("ExecStart=\"/", "ExecStart=\"/missing/"));
        (await new CommandRunner(TimeProvider.System).RunAsync(Command.Of(analyze, "verify", "--man=no", unit), null, CancellationToken.None)).Error
            .Should().Contain("shop-deployments", "it would have said so");
    }

    [TestCase("no body")]
    [TestCase("a\nExecStart=/bin/false")]
    public void SystemdUnit_UserThatIsNone_IsRefused(string user) =>
        FluentActions.Invoking(() => Host.SystemdUnit(user)).Should().Throw<DeploymentException>();

    [Test]
    public async Task Unit_AfterAReboot_BringsTheLiveRevisionBack()
    {
        await InstallAndRouteAsync(1);
        string[] command = UnitCommand(Host.SystemdUnit());
        await RebootAsync();
        await FluentActions.Awaiting(() => _client.GetStringAsync(Public())).Should().ThrowAsync<HttpRequestException>();

        using ProcessGroup supervisor = ProcessGroup.Start(new ProcessStart { Program = command[0], Arguments = command[1..], WorkingFolder = "/" });

        await UntilAsync(async () => await AnswersAsync() == "v1", "everything is back");
        string router = Line(StateStore.Read(Folder)!.Routers[Port].Process!.ProcessId);
        router.Should().Contain(Folder.Hosts).And.NotContain(Folder.CurrentHost, "what runs must not change when the link does");
        (await Host.StatusAsync(CancellationToken.None)).Single().Restarts.Should().Be(0, "a restart of the machine is no crash");
    }

    [Test]
    public async Task PrintUnit_OnTheCommandLine_IsTheSameText()
    {
        string text = Host.SystemdUnit("deployer");
        string[] command = UnitCommand(text);

        CommandResult result = await new CommandRunner(TimeProvider.System).RunAsync(
            Command.Of(command[0], [.. command[1..^2], "supervisor", "--print-unit", Folder.Path, "deployer"]), null, CancellationToken.None);

        result.Output.Should().Be(text, "{0}", result.Error);
    }

    [TestCase("supervisor", "--print-unit", "relative")]
    [TestCase("help")]
    public async Task CommandLine_ThatIsWrong_SaysWhatIsRight(params string[] arguments)
    {
        string[] command = UnitCommand(Host.SystemdUnit());

        CommandResult result = await RunAsync(command, arguments);

        result.ExitCode.Should().Be(ExitCodes.Usage);
        result.Output.Should().BeEmpty();
        result.Error.Should().Contain("usage:").And.Contain("--print-unit FOLDER [USER]");
    }

    [Test]
    public async Task PrintUnit_UserThatIsNone_SaysSoInASentence()
    {
        string[] command = UnitCommand(Host.SystemdUnit());

        CommandResult result = await RunAsync(command, ["supervisor", "--print-unit", Folder.Path, "no such\nuser"]);

        result.ExitCode.Should().Be(ExitCodes.Usage);
        result.Output.Should().BeEmpty();
        result.Error.Should().Contain("user").And.NotContain("   at ");
    }

    [Test]
    public async Task MaintenancePage_FileThatIsMissing_IsNamed() => (await FluentActions.Awaiting(() => MaintenancePage.FromFileAsync("/missing/page.html", CancellationToken.None)).Should().ThrowAsync<DeploymentException>())
        .WithMessage("The maintenance page can't be read:*/missing/page.html*");

    private static Task<CommandResult> RunAsync(string[] unitCommand, string[] arguments) =>
        new CommandRunner(TimeProvider.System).RunAsync(Command.Of(unitCommand[0], [.. unitCommand[1..^2], .. arguments]), null, CancellationToken.None);

    private static string[] UnitCommand(string unit) =>
        [.. unit.Split('\n').Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..].Trim('"').Split("\" \"")];

    /// <summary>What a restart of the machine leaves: no process, and a state of another boot.</summary>
    private async Task RebootAsync()
    {
        SupervisorState state = StateStore.Read(Folder)!;
        foreach (CommandProcess process in Everything())
        {
            await ProcessGroup.EndAsync(process, TimeSpan.Zero, TimeProvider.System, CancellationToken.None);
        }

        string old = $"{Environment.MachineName}/00000000-0000-0000-0000-000000000000/1";
        foreach (InstanceState instance in state.Instances())
        {
            instance.Process = new CommandProcess(old, Environment.ProcessId, ProcessGroup.Self.StartTime);
        }

        state.Routers[Port].Process = new CommandProcess(old, Environment.ProcessId, ProcessGroup.Self.StartTime);
        StateFile.Write(Folder.State, state, LocalJson.Default.SupervisorState);
        await UntilAsync(() => Task.FromResult(PortOwner.Describe(Port) is null), "the port is free");
    }

    // The supervisor first: it would start the others again.
    private List<CommandProcess> Everything() =>
    [
        .. ProcessStat.All().Where(stat => !stat.IsGone && Line(stat.ProcessId).Contains($"supervisor\0{Folder.Path}\0", StringComparison.Ordinal))
            .Select(stat => new CommandProcess(HostIdentity.Current, stat.ProcessId, stat.StartTime)),
        .. SpawnMark.Strays(Folder, new HashSet<long>()),
    ];

    private static string Line(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/cmdline");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static async Task<int> CodeAsync(string[] command) =>
        (await new CommandRunner(TimeProvider.System).RunAsync(Command.Of(command[0], command[1..]), null, CancellationToken.None)).ExitCode;

    private async Task<string?> AnswersAsync()
    {
        try
        {
            using HttpResponseMessage answer = await _client.GetAsync(Public());
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
