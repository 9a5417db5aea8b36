using System.Diagnostics;
using System.Net.Http.Json;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests;

public sealed class RevisionTests : LocalFixture
{
    private readonly HttpClient _client = new();

    [OneTimeTearDown]
    public void DisposeClient() => _client.Dispose();

    [Test]
    public async Task Observe_NothingEverDeployed_IsEmptyAndStartsNothing()
    {
        Observation seen = await ObserveAsync();

        seen.Revisions.Should().BeEmpty();
        seen.Traffic.IsEmpty.Should().BeTrue();
        seen.Problems.Should().BeEmpty();
        Directory.EnumerateFileSystemEntries(Folder.Path).Should().BeEmpty();
    }

    [Test]
    public async Task Install_Route_Switch_Remove_LeavesTheNewRevisionAlone()
    {
        await InstallAndRouteAsync(1);
        (await _client.GetStringAsync(Public())).Should().Be("v1");
        await RunAsync(Target.Install(App(2)));
        (await _client.GetStringAsync(Public())).Should().Be("v1", "an installed revision takes no traffic yet");
        Uri address = (await Target.AddressesAsync(Id(2), CancellationToken.None)).Single();
        (await _client.GetStringAsync(address)).Should().Be("v2");

        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(2))));
        await RunAsync(Target.Remove(Id(1)));

        (await _client.GetStringAsync(Public())).Should().Be("v2");
        Observation seen = await ObserveAsync();
        seen.Revisions.Select(revision => revision.Id).Should().Equal(Id(2));
        seen.Traffic.Should().Be(TrafficSplit.AllTo(Id(2)));
    }

    [Test]
    public async Task EveryVerb_RunTwice_EndsInTheSameState()
    {
        await RunAsync(Target.Install(App(1)));
        Uri address = (await Target.AddressesAsync(Id(1), CancellationToken.None)).Single();
        string first = await _client.GetStringAsync(new Uri(address, "/pid"));
        await RunAsync(Target.Install(App(1)));
        (await _client.GetStringAsync(new Uri(address, "/pid"))).Should().Be(first, "an instance that stands is kept");

        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(1))));
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(1))));
        await RunAsync(Target.Update(App(2)));
        string second = await _client.GetStringAsync(Public("/pid"));
        await RunAsync(Target.Update(App(2)));
        (await _client.GetStringAsync(Public("/pid"))).Should().Be(second, "a repeated update makes no second gap");

        await RunAsync(Target.Remove(Id(1)));
        await RunAsync(Target.Clear(Id(2)));
        await RunAsync(Target.Clear(Id(2)));
        (await ObserveAsync()).Revisions.Should().BeEmpty();
    }

    [Test]
    public async Task Update_OtherRevisionRuns_ReplacesIt()
    {
        await RunAsync(Target.Update(App(1)));
        (await _client.GetStringAsync(Public())).Should().Be("v1");

        await RunAsync(Target.Update(App(2)));

        (await _client.GetStringAsync(Public())).Should().Be("v2");
        (await ObserveAsync()).Revisions.Select(revision => revision.Id).Should().Equal(Id(2));
    }

    [Test]
    public async Task Clear_AfterFirstDeployment_FreesThePort()
    {
        await InstallAndRouteAsync(1);

        await RunAsync(Target.Clear(Id(1)));

        await FluentActions.Awaiting(() => _client.GetStringAsync(Public())).Should().ThrowAsync<HttpRequestException>();
        (await ObserveAsync()).Traffic.IsEmpty.Should().BeTrue();
    }

    [Test]
    public async Task Install_SeveralInstances_AllAnswer()
    {
        LocalTarget three = Listening(options => options.Instances = 3);
        await RunAsync(three.Install(App(1)), target: three);
        await RunAsync(three.Route(TrafficSplit.AllTo(Id(1))), target: three);

        var pids = new HashSet<string>();
        for (int request = 0; request < 3; request++)
        {
            pids.Add(await _client.GetStringAsync(Public("/pid")));
        }

        pids.Should().HaveCount(3, "the instances take turns");
    }

    [Test]
    public async Task Install_ExitsEarly_TellsCodeAndLastOutputAndLeavesNothing()
    {
        Secrets.Values["key"] = "hunter22";
        Revision revision = App(1, "exit", "7");
        revision = revision with { Release = revision.Release.WithSecret("API_KEY", "key") };

        string message = (await FluentActions.Awaiting(() => RunAsync(Target.Install(revision))).Should().ThrowAsync<DeploymentException>()).Which.Message;

        message.Should().Contain("exit code 7").And.Contain("line 60 of the end").And.Contain("line 11 of").And.NotContain("line 10 of").And.NotContain("hunter22");
        (await ObserveAsync()).Revisions.Should().BeEmpty();
        File.Exists(Folder.Secrets(Target.Name, revision.Id.ToString())).Should().BeFalse();
    }

    [Test]
    public async Task Install_NeverListens_TellsSoAndLeavesNothing()
    {
        LocalTarget hasty = Listening(options => options.StartTimeout = TimeSpan.FromSeconds(1));

        string message = (await FluentActions.Awaiting(() => RunAsync(hasty.Install(App(1, "mute")), target: hasty)).Should().ThrowAsync<DeploymentException>()).Which.Message;

        message.Should().Contain("did not listen").And.Contain("never going to listen");
        (await ObserveAsync()).Revisions.Should().BeEmpty();
        SpawnMark.Strays(Folder, new HashSet<long>()).Should().BeEmpty();
    }

    [Test]
    public async Task Install_NoSuchProgram_TellsSo()
    {
        var revision = new Revision(Id(1), Release.Of("shop", "1.0.0", Artifact.Process("no-such-program-here")));

        (await FluentActions.Awaiting(() => RunAsync(Target.Install(revision))).Should().ThrowAsync<DeploymentException>())
            .Which.Message.Should().Contain("did not start").And.Contain("no-such-program-here");
    }

    [Test]
    public async Task Install_SameIdOtherCommand_IsRefused()
    {
        await RunAsync(Target.Install(App(1)));

        (await FluentActions.Awaiting(() => RunAsync(Target.Install(App(1, "other")))).Should().ThrowAsync<DeploymentException>())
            .Which.Message.Should().Contain("next attempt number");
    }

    [Test]
    public async Task Remove_TakesTraffic_IsRefused()
    {
        await InstallAndRouteAsync(1);

        (await FluentActions.Awaiting(() => RunAsync(Target.Remove(Id(1)))).Should().ThrowAsync<DeploymentException>())
            .Which.Message.Should().Contain("takes traffic");
        (await _client.GetStringAsync(Public())).Should().Be("v1");
    }

    [Test]
    public async Task Install_HostileArgumentsAndSettings_ReachTheProcessAsTheyAre()
    {
        string[] hostile = ["it's \"quoted\"", "two\nlines", "$(touch /tmp/owned) `id` $HOME", "", "--", "-e", "ünïcode ✓", "*", "\\", "a;b|c&d>e", "{port"];
        Revision revision = App(1, ["serve", .. hostile]);
        revision = revision with { Release = revision.Release.WithSetting("ODD", "a'b\"c\n$(d)") };

        await RunAsync(Target.Install(revision));

        Uri address = (await Target.AddressesAsync(Id(1), CancellationToken.None)).Single();
        (await _client.GetFromJsonAsync<string[]>(new Uri(address, "/arguments"))).Should().Equal(["serve", .. hostile]);
        (await _client.GetFromJsonAsync<Dictionary<string, string>>(new Uri(address, "/environment")))!["ODD"].Should().Be("a'b\"c\n$(d)");
    }

    [Test]
    public async Task Install_DeployerHasVariables_InstanceSeesOnlyItsOwn()
    {
        Environment.SetEnvironmentVariable("DEPLOYER_TOKEN", "not for instances");
        Revision revision = App(1);

        await RunAsync(Target.Install(revision with { Release = revision.Release.WithSetting("SELF", "http://127.0.0.1:{port}/") }));

        Uri address = (await Target.AddressesAsync(Id(1), CancellationToken.None)).Single();
        Dictionary<string, string> environment = (await _client.GetFromJsonAsync<Dictionary<string, string>>(new Uri(address, "/environment")))!;
        environment.Should().NotContainKey("DEPLOYER_TOKEN").And.ContainKey("PATH");
        environment["SELF"].Should().Be(address.ToString());
        environment["PORT"].Should().Be(address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Test]
    public async Task Install_Secrets_ReachTheProcessAndOnlyThePrivateFile()
    {
        Secrets.Values["db"] = "s3cr3t-\"value'$(x)";
        Revision revision = App(1);
        revision = revision with { Release = revision.Release.WithSecret("DB_PASSWORD", "db") };
        Operation install = Target.Install(revision);

        await RunAsync(install);

        Uri address = (await Target.AddressesAsync(Id(1), CancellationToken.None)).Single();
        (await _client.GetFromJsonAsync<Dictionary<string, string>>(new Uri(address, "/environment")))!["DB_PASSWORD"].Should().Be(Secrets.Values["db"]);
        string file = Folder.Secrets(Target.Name, Id(1).ToString());
        install.ToString().Should().NotContain("s3cr3t").And.Contain("db");
        Directory.EnumerateFiles(Folder.Path, "*", SearchOption.AllDirectories)
            .Where(path => path != file && !path.EndsWith(".dll", StringComparison.Ordinal) && !path.EndsWith(".lock", StringComparison.Ordinal) && !path.EndsWith(".sock", StringComparison.Ordinal))
            .Where(path => File.ReadAllText(path).Contains("s3cr3t", StringComparison.Ordinal)).Should().BeEmpty();
        File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.GetDirectoryName(file)!).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await RunAsync(Target.Remove(Id(1)));
        File.Exists(file).Should().BeFalse();
    }

    [Test]
    public async Task Sockets_AreClosedToOthers()
    {
        await InstallAndRouteAsync(1);

        File.GetUnixFileMode(Folder.SupervisorSocket).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Folder.RouterSocket(Port)).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Test]
    public async Task InstanceCrashes_IsStartedAgainAndServed()
    {
        await InstallAndRouteAsync(1);
        string before = await _client.GetStringAsync(Public("/pid"));

        Kill(int.Parse(before, System.Globalization.CultureInfo.InvariantCulture));

        await UntilAsync(
            async () =>
            {
                using HttpResponseMessage answer = await _client.GetAsync(Public("/pid"));
                return answer.IsSuccessStatusCode && await answer.Content.ReadAsStringAsync() != before;
            },
            "the supervisor starts it again");
    }

    [Test]
    public async Task InstanceCrashes_ProgramGoneForAWhile_ComesBackOnceItIsThere()
    {
        string program = Path.Combine(Folder.Path, "program");
        File.CreateSymbolicLink(program, DotnetHost.Find());
        var revision = new Revision(Id(1), Release.Of("shop", "1.0.0", Artifact.Process(program, "exec", AppPath)).WithSetting("VERSION", "v1"));
        await RunAsync(Target.Install(revision));
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(1))));
        string before = await _client.GetStringAsync(Public("/pid"));

        File.Delete(program);
        Kill(int.Parse(before, System.Globalization.CultureInfo.InvariantCulture));
        await UntilAsync(async () => (await File.ReadAllTextAsync(Folder.SupervisorLog)).Contains("can't be started", StringComparison.Ordinal), "the supervisor has tried");
        (await FluentActions.Awaiting(() => RunAsync(Target.Install(revision))).Should().ThrowAsync<DeploymentException>()).Which.Message.Should().Contain("did not start");
        (await ObserveAsync()).Traffic.Should().Be(TrafficSplit.AllTo(Id(1)), "a standing revision isn't taken down by a failed repetition");
        File.CreateSymbolicLink(program, DotnetHost.Find());

        await UntilAsync(
            async () =>
            {
                using HttpResponseMessage answer = await _client.GetAsync(Public());
                return answer.IsSuccessStatusCode;
            },
            "it is started again");
    }

    [Test]
    public async Task Observe_PortInUseByAnother_NamesPortAndProcess()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, Port);
        other.Start();

        (await ObserveAsync()).Problems.Should().ContainSingle().Which.Should().Contain($"{Port}").And.Contain($"process {Environment.ProcessId}");
        await RunAsync(Target.Install(App(1)));
        (await FluentActions.Awaiting(() => RunAsync(Target.Route(TrafficSplit.AllTo(Id(1))))).Should().ThrowAsync<DeploymentException>())
            .Which.Message.Should().Contain($"Port {Port}").And.Contain($"process {Environment.ProcessId}");

        other.Stop();
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(1))));
        (await _client.GetStringAsync(Public())).Should().Be("v1");
    }

    [Test]
    public async Task Describe_LinesPastedIntoAShell_DoTheSame()
    {
        Secrets.Values["db"] = "unused";
        Revision revision = App(1, "serve", "it's $(echo \"odd\")\nreally");
        revision = revision with { Release = revision.Release.WithSecret("DB_PASSWORD", "db; rm $(x)") };
        await Host.StartAsync(CancellationToken.None);

        await PasteAsync(Describe(Target.Install(revision)), "DB_PASSWORD", "from 'the' shell");
        await PasteAsync(Describe(Target.Route(TrafficSplit.AllTo(Id(1)))));

        (await _client.GetFromJsonAsync<string[]>(Public("/arguments"))).Should().Equal("serve", "it's $(echo \"odd\")\nreally");
        (await _client.GetFromJsonAsync<Dictionary<string, string>>(Public("/environment")))!["DB_PASSWORD"].Should().Be("from 'the' shell");
        string address = await ShellAsync(Target.AddressLookup(Id(1)) + "\nprintf %s \"$ADDRESS\"", "X", "");
        (await _client.GetStringAsync(new Uri(address))).Should().Be("v1");

        await PasteAsync(Describe(Target.Update(App(2))));
        (await _client.GetStringAsync(Public())).Should().Be("v2");
        await PasteAsync(Describe(Target.Route(TrafficSplit.None)));
        await PasteAsync(Describe(Target.Remove(Id(2))));
        await PasteAsync(Describe(Target.Install(App(3))));
        await PasteAsync(Describe(Target.Clear(Id(3))));
        (await ObserveAsync()).Revisions.Should().BeEmpty();
    }

    private static Task<string> PasteAsync(VerbDescription description, string variable = "X", string value = "") =>
        ShellAsync(string.Join('\n', description.Commands), variable, value);

    private static async Task<string> ShellAsync(string script, string variable, string value)
    {
        Deployment.Tests.RealComponent.Require("curl");
        var start = new ProcessStartInfo("sh", ["-eu", "-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[variable] = value;
        using Process shell = Process.Start(start)!;
        Task<string> output = shell.StandardOutput.ReadToEndAsync();
        string error = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        shell.ExitCode.Should().Be(0, "{0}\n{1}\n{2}", script, await output, error);
        return await output;
    }
}
