using Deployment.Commands;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Workers;

public sealed class WorkersTests : LocalFixture
{
    private const string Script = "echo begin $VERSION >> $WORK; trap 'echo end $VERSION >> $WORK; exit 0' TERM; while :; do [ -e $WORK.sick ] || : > ${HEARTBEAT_FILE:-/dev/null}; sleep 0.1; done";

    private string Work => Path.Combine(Folder.Path, "work");

    [Test]
    public async Task Install_RunsNothing_UntilItIsOnDuty()
    {
        LocalWorkers workers = Workers();

        await RunAsync(workers, workers.Install(Worker(1)));

        Events().Should().BeEmpty("work is the traffic of a worker");
        Observation seen = await workers.ObserveAsync(CancellationToken.None);
        seen.Revisions.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Id = Id(1), Instances = 0 });
        seen.Traffic.IsEmpty.Should().BeTrue();

        await RunAsync(workers, workers.Route(TrafficSplit.AllTo(Id(1))));

        Events().Should().Equal("begin v1");
        (await workers.ObserveAsync(CancellationToken.None)).Live().Should().Be(Id(1));
    }

    [TestCase(false, "begin v1", "end v1", "begin v2")]
    [TestCase(true, "begin v1", "begin v2", "end v1")]
    public async Task Route_ToAnotherRevision_OldAndNewOverlapOnlyWhereTheyMay(bool overlap, params string[] events)
    {
        LocalWorkers workers = Workers(options => options.Overlap = overlap);
        await OnDutyAsync(workers, 1);

        await OnDutyAsync(workers, 2);

        Events().Should().Equal(events);
        (await workers.ObserveAsync(CancellationToken.None)).Revisions.Should().HaveCount(2, "the old one stays for going back");

        await RunAsync(workers, workers.Route(TrafficSplit.AllTo(Id(1))));

        Events().TakeLast(2).Should().BeEquivalentTo("begin v1", "end v2");
        await RunAsync(workers, workers.Remove(Id(2)));
        (await workers.ObserveAsync(CancellationToken.None)).Revisions.Select(revision => revision.Id).Should().Equal(Id(1));
    }

    [Test]
    public async Task Route_NewOneNeverWell_OldOneIsOnDutyAgain([Values] bool overlap)
    {
        LocalWorkers workers = Workers(options => options.Overlap = overlap);
        await OnDutyAsync(workers, 1);
        await RunAsync(workers, workers.Install(Worker(2, "echo cannot >&2; exit 9")));

        string message = (await FluentActions.Awaiting(() => RunAsync(workers, workers.Route(TrafficSplit.AllTo(Id(2))))).Should().ThrowAsync<DeploymentException>()).Which.Message;

        message.Should().Contain("exit code 9").And.Contain("cannot");
        (await workers.ObserveAsync(CancellationToken.None)).Live().Should().Be(Id(1));
        await UntilAsync(async () => (await StatusAsync()).Any(instance => instance.Revision == Id(1) && instance.ProcessId is not null), "the old workers run");
        (await StatusAsync()).Should().NotContain(instance => instance.Revision == Id(2), "nothing of the new one is left");
    }

    [Test]
    public async Task Route_OneOfTheNewOnesIsNeverWell_TheOthersMayFinishTheirWork()
    {
        LocalWorkers workers = Workers(options => options.Instances = 2);
        await RunAsync(workers, workers.Install(Worker(1, "trap 'echo end >> $WORK; exit 0' TERM; if mkdir $WORK.first; then echo begin >> $WORK; : > $HEARTBEAT_FILE; else until [ -s $WORK ]; do sleep 0.1; done; exit 9; fi; while :; do sleep 0.1; done")));

        await FluentActions.Awaiting(() => RunAsync(workers, workers.Route(TrafficSplit.AllTo(Id(1))))).Should().ThrowAsync<DeploymentException>();

        Events().Should().Equal("begin", "end");
    }

    [Test]
    public async Task SupervisorDiesInTheMiddleOfASwitch_TheNextHasTheOldOnesRunAlone()
    {
        LocalWorkers workers = Workers();
        await OnDutyAsync(workers, 1);
        await RunAsync(workers, workers.Install(Worker(2, "echo begin v2 >> $WORK; sleep 600")));
        Task stuck = RunAsync(workers, workers.Route(TrafficSplit.AllTo(Id(2))));
        await UntilAsync(() => Task.FromResult(Events().Contains("begin v2")), "the new one has started and is not well yet");

        using (var client = new SupervisorClient(Folder))
        {
            Kill((await client.StatusAsync(CancellationToken.None))!.ProcessId);
        }

        await FluentActions.Awaiting(() => stuck).Should().ThrowAsync<DeploymentException>();
        await Host.StartAsync(CancellationToken.None);

        await UntilAsync(async () => (await StatusAsync()).Count(instance => instance.ProcessId is not null && instance.Revision == Id(1)) == 1, "the old one works again");
        (await StatusAsync()).Should().OnlyContain(instance => instance.Revision == Id(1));
        (await workers.ObserveAsync(CancellationToken.None)).Live().Should().Be(Id(1));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task SupervisorComesBack_AWorkerTakesLongToEnd_OtherTargetsAreKeptMeanwhile(CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        // By its name it is looked at before the other target.
        LocalWorkers workers = Workers(name: "a-queue");
        await OnDutyAsync(workers, 1);
        await RunAsync(workers, workers.Install(Worker(2, "trap '' TERM; echo begin v2 >> $WORK; while :; do sleep 0.1; done")));
        Task stuck = RunAsync(workers, workers.Route(TrafficSplit.AllTo(Id(2))));
        await UntilAsync(() => Task.FromResult(Events().Contains("begin v2") && ProcessOf("a-queue", 2) is not null), "the new one has started, is on record, and is never well");
        using (var client = new SupervisorClient(Folder))
        {
            Kill((await client.StatusAsync(cancellationToken))!.ProcessId);
        }

        await FluentActions.Awaiting(() => stuck).Should().ThrowAsync<DeploymentException>();
        CommandProcess worker = ProcessOf("a-queue", 2)!, instance = ProcessOf(Target.Name, 1)!;
        Kill(instance.ProcessId);

        Task starting = Host.StartAsync(cancellationToken);

        await UntilAsync(() => Task.FromResult(ProcessOf(Target.Name, 1) is { } now && now != instance), "the instance that died is started again");
        ProcessGroup.IsAlive(worker).Should().BeTrue("nobody waits for the worker that ends");
        await starting;
        ProcessGroup.IsAlive(worker).Should().BeFalse();
    }

    [Test]
    public async Task Update_ReplacesAndCanBeTakenBack()
    {
        LocalWorkers workers = Workers();
        await RunAsync(workers, workers.Update(Worker(1)));
        await RunAsync(workers, workers.Update(Worker(2)));
        await RunAsync(workers, workers.Update(Worker(2)));
        Events().Should().Equal("begin v1", "end v1", "begin v2");

        await RunAsync(workers, workers.Update(Worker(1)));

        Events().Should().Equal("begin v1", "end v1", "begin v2", "end v2", "begin v1");
        (await workers.ObserveAsync(CancellationToken.None)).Revisions.Select(revision => revision.Id).Should().Equal(Id(1));
        await RunAsync(workers, workers.Clear(Id(1)));
        await RunAsync(workers, workers.Clear(Id(1)));
        Events()[^1].Should().Be("end v1");
        (await StatusAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task HeartbeatGoesOld_WorkerIsStartedAgain()
    {
        LocalWorkers workers = Workers(options => options.StartTimeout = TimeSpan.FromSeconds(3));
        await OnDutyAsync(workers, 1);
        int before = (await StatusAsync()).Single().ProcessId!.Value;

        await File.WriteAllTextAsync(Work + ".sick", "");
        await UntilAsync(async () => (await StatusAsync()).Single().Restarts > 0, "the hanging worker is ended");
        File.Delete(Work + ".sick");

        await UntilAsync(async () => (await StatusAsync()).Single().ProcessId is { } now && now != before, "another one works");
        (await File.ReadAllTextAsync(Folder.SupervisorLog)).Should().Contain("has had no heartbeat");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task HealthCanNotBeAskedForAWhile_WorkerIsLeftAloneAndWatchedAgain(CancellationToken cancellationToken)
    {
        LocalWorkers workers = Workers(options =>
        {
            options.HealthCommand = ["sh", "-c", "test ! -e $0.ill", Work];
            options.StartTimeout = TimeSpan.FromSeconds(3);
        });
        Secrets.Values["key"] = "secret";
        Revision worker = Worker(1) with { Release = Worker(1).Release.WithSecret("API_KEY", "key") };
        await RunAsync(workers, workers.Install(worker));
        await RunAsync(workers, workers.Route(TrafficSplit.AllTo(Id(1))));
        string secrets = Folder.Secrets(workers.Name, Id(1).ToString());
        File.Move(secrets, secrets + ".aside");
        Directory.CreateDirectory(secrets);

        await UntilAsync(async () => (await File.ReadAllTextAsync(Folder.SupervisorLog, cancellationToken)).Contains("can't be told now", StringComparison.Ordinal), "it was asked in vain");
        (await StatusAsync()).Single().Restarts.Should().Be(0);
        Directory.Delete(secrets);
        File.Move(secrets + ".aside", secrets);
        await File.WriteAllTextAsync(Work + ".ill", "", cancellationToken);

        await UntilAsync(async () => (await StatusAsync()).Single().Restarts > 0, "a sick worker is still found");
        File.Delete(Work + ".ill");
    }

    [TestCase("test -e $0.well", true)]
    [TestCase("exit 3", false)]
    public async Task HealthCommand_DecidesWhetherItIsWell(string command, bool well)
    {
        LocalWorkers workers = Workers(options =>
        {
            options.HealthCommand = ["sh", "-c", command, Work];
            options.StartTimeout = TimeSpan.FromSeconds(well ? 30 : 1);
        });
        await RunAsync(workers, workers.Install(Worker(1)));
        Task duty = RunAsync(workers, workers.Route(TrafficSplit.AllTo(Id(1))));
        await File.WriteAllTextAsync(Work + ".well", "");

        if (well)
        {
            await duty;
            return;
        }

        (await FluentActions.Awaiting(() => duty).Should().ThrowAsync<DeploymentException>()).Which.Message.Should().Contain("exit code 3").And.Contain("was not well within 1 s");
        (await StatusAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Install_ProgramIsNot_FailsBeforeAnythingIsSwitched()
    {
        LocalWorkers workers = Workers();
        await OnDutyAsync(workers, 1);
        var missing = new Revision(Id(2), Release.Of("shop", "2.0.0", Artifact.Process("no-such-program-here")));

        (await FluentActions.Awaiting(() => RunAsync(workers, workers.Install(missing))).Should().ThrowAsync<DeploymentException>()).Which.Message.Should().Contain("no-such-program-here");

        Events().Should().Equal("begin v1");
    }

    [Test]
    public async Task Remove_OnDuty_IsRefused()
    {
        LocalWorkers workers = Workers();
        await OnDutyAsync(workers, 1);

        (await FluentActions.Awaiting(() => RunAsync(workers, workers.Remove(Id(1)))).Should().ThrowAsync<DeploymentException>()).Which.Message.Should().Contain("takes traffic");
    }

    [Test]
    public async Task Describe_LinesPastedIntoAShell_DoTheSame()
    {
        LocalWorkers workers = Workers();
        await Host.StartAsync(CancellationToken.None);

        await PasteAsync(workers, workers.Install(Worker(1)));
        await PasteAsync(workers, workers.Route(TrafficSplit.AllTo(Id(1))));
        await PasteAsync(workers, workers.Update(Worker(2)));
        await PasteAsync(workers, workers.Route(TrafficSplit.None));
        await PasteAsync(workers, workers.Clear(Id(2)));

        Events().Should().Equal("begin v1", "end v1", "begin v2", "end v2");
        (await workers.ObserveAsync(CancellationToken.None)).Revisions.Should().BeEmpty();
    }

    [Test]
    public void Workers_OptionsThatCantBe_AreAllReported() =>
        FluentActions.Invoking(() => LocalTarget.Workers("a b", options =>
            {
                options.Instances = 0;
                options.HeartbeatAge = TimeSpan.Zero;
                options.MemoryLimit = 5;
                options.LogSize = 5;
            })).Should().Throw<DeploymentValidationException>().Which.Errors.Should().HaveCount(5);

    /// <summary>The process on record. One that was just started may not be there yet.</summary>
    private CommandProcess? ProcessOf(string target, int version) => StateStore.Read(Folder)!.Revision(target, Id(version).ToString())!.Instances.Single().Process;

    private LocalWorkers Workers(Action<LocalWorkersOptions>? configure = null, string name = "queue") => LocalTarget.Workers(name, options =>
    {
        options.StateFolder = Folder.Path;
        options.HeartbeatAge = TimeSpan.FromSeconds(1);
        options.StopGrace = TimeSpan.FromSeconds(20);
        configure?.Invoke(options);
    });

    private Revision Worker(int version, string script = Script) => new(
        Id(version),
        Release.Of("shop", $"{version}.0.0", Artifact.Process("sh", "-c", script).In(Folder.Path)).WithSetting("VERSION", $"v{version}").WithSetting("WORK", Work));

    private string[] Events() => File.Exists(Work) ? File.ReadAllLines(Work) : [];

    private async Task OnDutyAsync(LocalWorkers workers, int version)
    {
        await RunAsync(workers, workers.Install(Worker(version)));
        await RunAsync(workers, workers.Route(TrafficSplit.AllTo(Id(version))));
    }

    private Task<IReadOnlyList<LocalInstance>> StatusAsync() => Host.StatusAsync(CancellationToken.None);

    private async Task RunAsync(LocalWorkers workers, Operation operation)
    {
        Verb verb = workers.Verbs.Single(verb => verb.Name == operation.Verb);
        EffectContext context = Context(1);
        await verb.RunAsync(operation.Arguments, context, CancellationToken.None);
        (await verb.VerifyAsync(operation.Arguments, context, CancellationToken.None)).Should().BeNull();
    }

    private static async Task PasteAsync(LocalWorkers workers, Operation operation)
    {
        string script = string.Join('\n', workers.Verbs.Single(verb => verb.Name == operation.Verb).Describe(operation.Arguments).Commands);
        CommandResult result = await new CommandRunner(TimeProvider.System).RunAsync(Command.Of("sh", "-eu", "-c", script), null, CancellationToken.None);
        result.ExitCode.Should().Be(0, "{0}\n{1}{2}", script, result.Output, result.Error);
    }
}
