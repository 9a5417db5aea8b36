using System.Globalization;
using Deployment.Commands;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Supervisor;

public sealed class SupervisorTests : LocalFixture
{
    private readonly HttpClient _client = new();

    [OneTimeTearDown]
    public void DisposeClient() => _client.Dispose();

    [Test]
    public async Task SupervisorKilled_ServingGoesOnAndTheNextAdoptsAll()
    {
        await InstallAndRouteAsync(1);
        string instance = await _client.GetStringAsync(Public("/pid"));
        TargetStatus before = await TargetAsync();

        Kill(await SupervisorAsync());
        await GoneAsync();
        (await _client.GetStringAsync(Public("/pid"))).Should().Be(instance, "nothing that serves depends on the supervisor");
        Observation unwatched = await ObserveAsync();
        unwatched.Revisions.Select(revision => revision.Id).Should().Equal(Id(1));
        unwatched.Traffic.Should().Be(TrafficSplit.AllTo(Id(1)));
        await Host.StartAsync(CancellationToken.None);

        TargetStatus after = await TargetAsync();
        after.RouterProcessId.Should().Be(before.RouterProcessId);
        after.Revisions[Id(1).ToString()].Instances.Should().Equal(before.Revisions[Id(1).ToString()].Instances);
        Kill(int.Parse(instance, CultureInfo.InvariantCulture));
        await UntilAsync(async () => await AnswersAsync() is { } pid && pid != instance, "an adopted instance that crashes is started again");
    }

    [Test]
    public async Task SupervisorKilled_InstanceDiesMeanwhile_TheNextStartsIt()
    {
        await InstallAndRouteAsync(1);
        string instance = await _client.GetStringAsync(Public("/pid"));
        Kill(await SupervisorAsync());
        await GoneAsync();
        Kill(int.Parse(instance, CultureInfo.InvariantCulture));

        await Host.StartAsync(CancellationToken.None);

        await UntilAsync(async () => await AnswersAsync() is { } pid && pid != instance, "it is started again");
    }

    [Test]
    public async Task RouterKilled_ComesBackWithTheSameSplit()
    {
        await RunAsync(Target.Install(App(1)));
        await RunAsync(Target.Install(App(2)));
        var split = new TrafficSplit([new(Id(1), 70), new(Id(2), 30)]);
        await RunAsync(Target.Route(split));
        int router = (await TargetAsync()).RouterProcessId!.Value;

        Kill(router);

        await UntilAsync(async () => await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None) is { } status && status.ProcessId != router, "another router listens");
        (await Target.Verbs.Single(verb => verb.Name == "route").VerifyAsync(Target.Route(split).Arguments, Context(1), CancellationToken.None)).Should().BeNull();
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(2))));
        (await _client.GetStringAsync(Public())).Should().Be("v2");
    }

    [Test]
    public async Task StaleEpoch_EveryMutation_IsRefusedAlsoByTheNextSupervisor()
    {
        await RunAsync(Target.Install(App(1)), epoch: 5);
        await RunAsync(Target.Route(TrafficSplit.AllTo(Id(1))), epoch: 7);
        Operation[] mutations =
        [
            Target.Install(App(2)), Target.Route(TrafficSplit.None), Target.Remove(Id(1)), Target.Update(App(2)), Target.Clear(Id(1)), Target.Replace(["1"], App(2)), Target.Vacate(["1"]),
        ];

        foreach (Operation mutation in mutations)
        {
            (await FluentActions.Awaiting(() => RunAsync(mutation, epoch: 6)).Should().ThrowAsync<DeploymentException>(mutation.Verb)).Which.Message.Should().Contain("Epoch 6").And.Contain("7");
        }

        Kill(await SupervisorAsync());
        await GoneAsync();
        await FluentActions.Awaiting(() => RunAsync(Target.Install(App(2)), epoch: 6)).Should().ThrowAsync<DeploymentException>();
        (await _client.GetStringAsync(Public())).Should().Be("v1");
        await RunAsync(Target.Install(App(2)), epoch: 7);
    }

    [Test]
    public async Task NewerEpoch_BreaksOffWhatTheOlderHasUnderWay()
    {
        await Host.StartAsync(CancellationToken.None);
        Task stuck = RunAsync(Target.Install(App(1, "mute")), epoch: 1);
        await UntilAsync(async () => (await StatusAsync()).Targets.Count == 1, "the older one has begun");

        await RunAsync(Target.Install(App(2)), epoch: 2);

        (await FluentActions.Awaiting(() => stuck).Should().ThrowAsync<DeploymentException>()).Which.Message.Should().Contain("Epoch 1");
        (await StatusAsync()).Targets.Values.Single().Revisions.Keys.Should().Equal(Id(2).ToString());
    }

    [Test]
    public async Task DeployerCancels_InstallationIsBrokenOffAndLeavesNothing()
    {
        await Host.StartAsync(CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        Operation install = Target.Install(App(1, "mute"));
        Task stuck = Target.Verbs.Single(verb => verb.Name == install.Verb).RunAsync(install.Arguments, Context(1), cancel.Token);
        await UntilAsync(async () => (await StatusAsync()).Targets.Count == 1, "it has begun");

        await cancel.CancelAsync();

        await FluentActions.Awaiting(() => stuck).Should().ThrowAsync<OperationCanceledException>();
        await UntilAsync(async () => (await StatusAsync()).Targets.Count == 0, "nothing is left");
    }

    [Test]
    public async Task MutationWithoutEpoch_IsRefused()
    {
        await Host.StartAsync(CancellationToken.None);
        using HttpClient curl = UnixHttp.Client(Folder.SupervisorSocket);

        using HttpResponseMessage answer = await curl.DeleteAsync(UnixHttp.Uri(SupervisorPaths.Revision(Target.Name, Id(1).ToString())));

        ((int)answer.StatusCode).Should().Be(428);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("Deployment-Epoch");
    }

    [Test]
    public async Task Install_BodyWithTheLeastByHand_TakesTheDefaults()
    {
        await Host.StartAsync(CancellationToken.None);
        string command = System.Text.Json.JsonSerializer.Serialize(new[] { "dotnet", "exec", AppPath });

        (await PutAsync(SupervisorPaths.Revision(Target.Name, Id(1).ToString()), $$"""{"command":{{command}},"workingFolder":"/tmp"}""")).Should().Contain("\"running\":true");
        (await PutAsync(SupervisorPaths.Route(Target.Name), $$$"""{"application":"shop","port":{{{Port}}},"split":{"shop_1.0.0_1":100}}""")).Should().Contain("\"drained\":true");

        (await _client.GetStringAsync(Public())).Should().Be("none");
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("""{"command":null,"workingFolder":"/tmp"}""")]
    [TestCase("""{"command":[],"workingFolder":"/tmp"}""")]
    [TestCase("""{"command":[null],"workingFolder":"/tmp"}""")]
    [TestCase("""{"command":["a"],"workingFolder":"tmp"}""")]
    [TestCase("""{"command":["a"],"workingFolder":"/tmp","environment":null}""")]
    [TestCase("""{"command":["a"],"workingFolder":"/tmp","environment":{"A=B":"c"}}""")]
    [TestCase("""{"command":["a"],"workingFolder":"/tmp","environment":{"A":null}}""")]
    [TestCase("""{"command":["a"],"workingFolder":"/tmp","secrets":[null]}""")]
    [TestCase("""{"command":["a"],"workingFolder":"/tmp","instances":100000}""")]
    [TestCase("""{"command":["a"],"workingFolder":"/tmp","startSeconds":-1}""")]
    [TestCase("""{"command":["a"],"workingFolder":"/tmp","unknown":1}""")]
    public async Task Install_BodyThatIsNone_IsRefusedWithASentence(string body)
    {
        await Host.StartAsync(CancellationToken.None);

        (await PutAsync(SupervisorPaths.Revision(Target.Name, Id(1).ToString()), body, 400)).Should().StartWith("{\"error\":\"");
    }

    [TestCase("""{"application":"shop","port":80,"split":null}""", 400)]
    [TestCase("""{"application":"shop","port":80,"split":{},"address":null}""", 400)]
    [TestCase("""{"application":"shop","port":0,"split":{}}""", 400)]
    [TestCase("""{"application":"shop","port":80,"split":{"shop_1.0.0_1":50}}""", 400)]
    [TestCase("""{"application":"shop","port":80,"split":{"shop_1.0.0_1":-100,"shop_2.0.0_1":200}}""", 400)]
    [TestCase("""{"application":"shop","port":80,"split":{},"address":"example.com"}""", 400)]
    [TestCase("""{"application":"shop","port":80,"split":{"shop_1.0.0_1":100}}""", 409)]
    [TestCase("""{"port":80,"split":{"shop_1.0.0_1":100}}""", 422)]
    public async Task Route_BodyThatIsNone_IsRefusedWithASentence(string body, int status)
    {
        await Host.StartAsync(CancellationToken.None);

        (await PutAsync(SupervisorPaths.Route(Target.Name), body, status)).Should().StartWith("{\"error\":\"");
    }

    [TestCase("shop_1.0.0_1", "..%2F..%2Fetc", 422)]
    [TestCase("..%2Fshop_1.0.0_1", "local", 422)]
    [TestCase("shop", "local", 422)]
    public async Task Install_NamesThatCouldLeaveTheFolder_AreRefused(string revision, string target, int status)
    {
        await Host.StartAsync(CancellationToken.None);

        (await PutAsync($"/targets/{target}/revisions/{revision}", """{"command":["true"],"workingFolder":"/tmp"}""", status)).Should().StartWith("{\"error\":\"");
    }

    [Test]
    public async Task TwoDeployersAtOnce_OneSupervisor()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Host.StartAsync(CancellationToken.None))));

        await UntilAsync(() => Task.FromResult(Supervisors().Count == 1), "those without the lock end");
        Supervisors().Should().Equal(await SupervisorAsync());
    }

    [Test]
    public async Task ProcessStartedAndNeverWrittenDown_IsEndedByTheNextSupervisor()
    {
        await InstallAndRouteAsync(1);
        Kill(await SupervisorAsync());
        await GoneAsync();
        // What a supervisor leaves that dies between starting a process and writing its id down.
        ProcessGroup stray = ProcessGroup.Start(new ProcessStart
        {
            Program = "sleep",
            Arguments = ["600"],
            Environment = new Dictionary<string, string> { [SpawnMark.Variable] = SpawnMark.Of(Folder, 4711) },
        });

        await Host.StartAsync(CancellationToken.None);

        await stray.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        (await _client.GetStringAsync(Public())).Should().Be("v1", "what is written down stays");
    }

    [Test]
    public async Task InstallationBrokenOffBySupervisorsDeath_IsCleanedUp()
    {
        await Host.StartAsync(CancellationToken.None);
        Task stuck = RunAsync(Target.Install(App(1, "mute")));
        await UntilAsync(async () => (await StatusAsync()).Targets.Values.SelectMany(target => target.Revisions.Values).SelectMany(revision => revision.Instances).Any(instance => instance.Running), "the instance runs");
        Kill(await SupervisorAsync());
        (await FluentActions.Awaiting(() => stuck).Should().ThrowAsync<DeploymentException>()).Which.Message.Should().Contain("repeating the step");
        await GoneAsync();

        await Host.StartAsync(CancellationToken.None);

        (await StatusAsync()).Targets.Should().BeEmpty();
        SpawnMark.Strays(Folder, new HashSet<long>()).Should().BeEmpty();
    }

    [Test]
    public async Task Recovery_AfterRestartOfTheMachine_StartsEverythingAnew()
    {
        await InstallAndRouteAsync(1);
        await EndAsAMachineDoesAsync();
        await UntilAsync(() => Task.FromResult(PortOwner.Describe(Port) is null), "the port is free");
        // Process ids of the boot before: they may belong to anybody by now, here to this very test.
        string old = $"{Environment.MachineName}/00000000-0000-0000-0000-000000000000/1";
        SupervisorState state = StateStore.Read(Folder)!;
        foreach (InstanceState instance in state.Instances())
        {
            instance.Process = new CommandProcess(old, Environment.ProcessId, ProcessGroup.Self.StartTime);
        }

        state.Routers[Port].Process = new CommandProcess(old, Environment.ProcessId, ProcessGroup.Self.StartTime);
        StateFile.Write(Folder.State, state, LocalJson.Default.SupervisorState);
        (await ObserveAsync()).Revisions.Should().BeEmpty("nothing of it runs");

        await Host.StartAsync(CancellationToken.None);

        await UntilAsync(async () => await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None) is not null && await AnswersAsync() is not null, "everything is back");
    }

    [Test]
    public async Task HandOver_ToANewerSupervisor_KeepsEverythingRunning()
    {
        await InstallAndRouteAsync(1);
        string instance = await _client.GetStringAsync(Public("/pid"));
        int first = await SupervisorAsync();
        using (var client = new SupervisorClient(Folder))
        {
            await client.HandOverAsync(CancellationToken.None);
        }

        await GoneAsync();
        await RunAsync(Target.Install(App(2)));

        (await SupervisorAsync()).Should().NotBe(first);
        (await _client.GetStringAsync(Public("/pid"))).Should().Be(instance);
    }

    [Test]
    public async Task Stop_InstallationUnderWay_IsBrokenOff()
    {
        await Host.StartAsync(CancellationToken.None);
        Task stuck = RunAsync(Target.Install(App(1, "mute")));
        await UntilAsync(async () => (await StatusAsync()).Targets.Count == 1, "it has begun");

        await Host.StopAsync(CancellationToken.None);

        await FluentActions.Awaiting(() => stuck).Should().ThrowAsync<DeploymentException>();
        SpawnMark.Strays(Folder, new HashSet<long>()).Should().BeEmpty();
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Stop_NothingCanBeWrittenDown_EndsAllThatRunsAndTheSupervisorAndSaysWhy(CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        LocalTarget other = Listening(options => options.Name = "other", OtherPort());
        await RunAsync(other.Install(App(2)), target: other);
        // Where the state is written before it takes its name.
        string blocked = Directory.CreateDirectory(Folder.State + ".new").FullName;

        string why = (await FluentActions.Awaiting(() => Host.StopAsync(cancellationToken)).Should().ThrowAsync<DeploymentException>()).Which.Message;

        why.Should().Contain("state.json.new").And.Contain("stop again");
        await GoneAsync();
        SpawnMark.Strays(Folder, new HashSet<long>()).Should().BeEmpty("what could not be written down was ended all the same");
        Directory.Delete(blocked);
        await Host.StartAsync(cancellationToken);
    }

    [Test]
    public async Task Stop_NoSupervisor_EndsWhatOneLeft()
    {
        await InstallAndRouteAsync(1);
        Kill(await SupervisorAsync());
        await GoneAsync();

        await Host.StopAsync(CancellationToken.None);

        await FluentActions.Awaiting(() => _client.GetStringAsync(Public())).Should().ThrowAsync<HttpRequestException>();
        Supervisors().Should().BeEmpty();
    }

    private async Task<string> PutAsync(string path, string body, int status = 200)
    {
        using HttpClient curl = UnixHttp.Client(Folder.SupervisorSocket);
        curl.DefaultRequestHeaders.Add(SupervisorApi.EpochHeader, "1");
        using var content = new StringContent(body);
        using HttpResponseMessage answer = await curl.PutAsync(UnixHttp.Uri(path), content);
        string text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).Should().Be(status, "{0}", text);
        return text;
    }

    private async Task EndAsAMachineDoesAsync()
    {
        Kill(await SupervisorAsync());
        await GoneAsync();
        foreach (CommandProcess process in SpawnMark.Strays(Folder, new HashSet<long>()))
        {
            await ProcessGroup.EndAsync(process, TimeSpan.Zero, TimeProvider.System, CancellationToken.None);
        }
    }

    private List<int> Supervisors() =>
    [
        .. ProcessStat.All().Where(stat => !stat.IsGone).Select(stat => stat.ProcessId).Where(IsSupervisor),
    ];

    private bool IsSupervisor(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/cmdline").Contains($"supervisor\0{Folder.Path}\0", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task<SupervisorStatus> StatusAsync()
    {
        using var client = new SupervisorClient(Folder);
        return (await client.StatusAsync(CancellationToken.None))!;
    }

    private async Task<int> SupervisorAsync() => (await StatusAsync()).ProcessId;

    private async Task<TargetStatus> TargetAsync() => (await StatusAsync()).Targets[Target.Name];

    private Task GoneAsync() => UntilAsync(() => Task.FromResult(Supervisors().Count == 0), "the supervisor is gone");

    private async Task<string?> AnswersAsync()
    {
        using HttpResponseMessage answer = await _client.GetAsync(Public("/pid"));
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : null;
    }
}
