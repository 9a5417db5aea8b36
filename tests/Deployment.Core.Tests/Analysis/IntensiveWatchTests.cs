using Deployment.Analysis;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Tests.Execution;
using Deployment.Tests.Strategies;
using Deployment.Waves;

namespace Deployment.Tests.Analysis;

/// <summary>The phases of watching: bakes, one intensive watch of all targets, and only then what stands at the end.</summary>
[Category("Unit")]
public sealed class IntensiveWatchTests
{
    [TestCase(0.5, DeploymentOutcome.RolledBack, 0)]
    [TestCase(0, DeploymentOutcome.Succeeded, 1)]
    public void Complete_AStepThatCannotBeUndone_IsDoneOnlyOnceTheReleaseWasWatched(double errors, DeploymentOutcome outcome, int done)
    {
        int dropped = 0;
        DateTimeOffset? begin = null;
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.1)), TimeSpan.Zero, pipeline => pipeline.UseBlueGreen()
            .Step("drop the old column", Moment.Complete, step => step.Run((_, _) =>
            {
                dropped++;
                return Task.CompletedTask;
            }).MayBeRepeated().CannotBeUndone("The data is gone.")), TimeSpan.FromHours(1));
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, at) => at - (begin ??= at) > TimeSpan.FromMinutes(40) ? errors : 0);

        DeploymentResult result = watched.World.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = watched.World.Pipeline();
            Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(1), watched.World.Time.Clock);
            RunRecord run = watched.World.RunOf("1.1.0")!;
            // Given ahead: nothing but the watch stands before the step.
            await pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
            return await deploying;
        });

        result.Outcome.Should().Be(outcome, result.Reason);
        dropped.Should().Be(done);
        result.Runbook.Titles().Should().ContainInOrder("Switch all traffic to shop_1.1.0_1", "Watch intensively for 1 h", "Go/No-Go before the point of no return", "drop the old column");
    }

    [Test]
    public void Plan_SeveralTargets_OneIntensiveWatchAfterAllOfThem([Values] bool inWaves)
    {
        var world = new WatchedLanes();

        Runbook plan = world.Plan(builder => _ = inWaves ? builder.InWaves(waves => waves.Waves = [Wave.Next(1), Wave.Rest()]) : builder);

        plan.Root.Children.Select(node => node.Id).Should().Equal(
            ["metric-sources", .. inWaves ? ["wave-one", "wave-all"] : new[] { "targets" }, "watch-intensively-for-1-h", "complete"]);
        SequenceNode[] watches = [.. ((ParallelNode)plan.Root.Children[^2]).Lanes.Cast<SequenceNode>()];
        ((ParallelNode)plan.Root.Children[^2]).Policy.MaxConcurrency.Should().Be(3, "all are watched side by side");
        watches.Select(lane => ((CheckStep)lane.Children.Single()).Subject.Target).Should().Equal("web-1", "web-2", "web-3");
        watches.Select(lane => lane.Continues).Should().Equal(inWaves ? ["wave-one/web-1", "wave-all/web-2", "wave-all/web-3"] : ["targets/web-1", "targets/web-2", "targets/web-3"]);
        plan.Steps.OfType<CheckStep>().Count(step => step.Duration == TimeSpan.FromHours(1)).Should().Be(3);
    }

    [Test]
    public void Deploy_SeveralTargets_AreWatchedTogetherAndEndTogether()
    {
        var world = new WatchedLanes();

        DeploymentResult result = world.Deploy(builder => builder.WithLanes(new LanePolicy { MaxConcurrency = 1 }));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        world.Ended.Should().HaveCount(3).And.OnlyContain(at => at >= TimeSpan.FromMinutes(75), "three bakes one after the other, and one hour for all");
        world.Ended.Should().OnlyContain(at => at < TimeSpan.FromMinutes(76));
    }

    [Test]
    public void Deploy_OneOfSeveralTargetsTurnsBadInTheIntensiveWatch_AllGoBackBeforeAnythingAtTheEnd()
    {
        var world = new WatchedLanes { Errors = (target, at) => target == "web-2" && at > TimeSpan.FromMinutes(50) ? 0.5 : 0 };

        DeploymentResult result = world.Deploy(_ => { });

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        result.Reason.Should().StartWith("'Watch intensively for 1 h' failed: error rate is above 10%");
        world.Shares().Should().Equal(0, 0, 0);
        world.Ended.Should().BeEmpty();
    }

    [Test]
    public void Deploy_ATargetWasTakenBackAlone_TheOthersAreWatchedAndEndWithoutIt([Values] bool inWaves)
    {
        var world = new WatchedLanes();
        world.IsWell = (target, _) => target != "web-3";

        DeploymentResult result = world.Deploy(builder => _ = inWaves
            ? builder.InWaves(waves => (waves.Waves, waves.BakeTime, waves.MaxFailures) = ([Wave.Of("web-2", "web-3"), Wave.Rest()], TimeSpan.FromMinutes(10), 1))
            : builder.WithLanes(new LanePolicy { MaxFailures = 1 }));

        result.Outcome.Should().Be(DeploymentOutcome.PartlySucceeded, result.Reason);
        world.Shares().Should().Equal(100, 100, 0);
        world.Ended.Should().HaveCount(2);
    }

    [TestCase(0.5, DeploymentOutcome.RolledBack)]
    [TestCase(0, DeploymentOutcome.Succeeded)]
    public void Waves_ErrorsDuringTheBakeBetween_GoBackAtOnce(double errors, DeploymentOutcome outcome)
    {
        var world = new WatchedLanes { Bake = TimeSpan.Zero, Errors = (target, at) => target == "web-2" && at > TimeSpan.FromMinutes(3) ? errors : 0, Intensive = TimeSpan.Zero };
        bool begun = false;
        world.Targets[2].Before = (_, _) =>
        {
            begun = true;
            return Task.CompletedTask;
        };

        DeploymentResult result = world.Deploy(builder => builder.InWaves(waves => (waves.Waves, waves.BakeTime) = ([Wave.Next(2), Wave.Rest()], TimeSpan.FromMinutes(10))));

        result.Outcome.Should().Be(outcome, result.Reason);
        begun.Should().Be(errors == 0, "the next wave begins only when this one is well");
        _ = errors == 0 ? null : result.Reason.Should().StartWith("'Watch the wave next 2' failed: error rate is above 10%");
        (world.Time.Clock.GetUtcNow() - world.Begin).Should().BeCloseTo(errors > 0 ? TimeSpan.FromSeconds(187) : TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(20));
    }

    [Test]
    public void Waves_UnhealthyDuringTheBakeBetween_GoesBackAtOnce()
    {
        var world = new WatchedLanes { Bake = TimeSpan.Zero, Intensive = TimeSpan.Zero };
        world.IsWell = (target, at) => target != "web-1" || at < TimeSpan.FromMinutes(3);

        DeploymentResult result = world.Deploy(builder => builder.InWaves(waves => (waves.Waves, waves.BakeTime) = ([Wave.Next(2), Wave.Rest()], TimeSpan.FromMinutes(10))));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        result.Reason.Should().Be("'Watch the wave next 2' failed: it is gone");
        (world.Time.Clock.GetUtcNow() - world.Begin).Should().BeLessThan(TimeSpan.FromMinutes(4));
    }

    [Test]
    public void Waves_TheReleaseIsOnlyTried_ItsBakesLookAtNothing()
    {
        var world = new WatchedLanes();

        Runbook plan = world.Time.Run(() => DeploymentPipeline.Create("trial").UseShadow(shadow => shadow.Then = null)
            .Check(new ScriptedCheck("well"), Moment.Installed)
            .InWaves(waves => (waves.Waves, waves.BakeTime) = ([Wave.Next(1), Wave.Rest()], TimeSpan.FromMinutes(10)))
            .DeployTo(world.Targets[0]).DeployTo(world.Targets[1]).UseStore(new InMemoryDeploymentStore()).UseTimeProvider(world.Time.Clock).Build()
            .PlanAsync(World.Version("1.1.0")));

        plan.Steps.OfType<WaitStep>().Should().Contain(step => step.Title == "Watch the wave one");
        plan.Titles().Should().NotContain(title => title.StartsWith("look again", StringComparison.Ordinal));
    }

    [Test]
    public void BlueGreen_WithABakeOfItsOwn_BakesOnceAndIsWatchedIntensivelyOnce()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.1)), TimeSpan.FromMinutes(5), pipeline => pipeline.UseBlueGreen(options => options.BakeTime = TimeSpan.FromMinutes(15)), TimeSpan.FromHours(1));

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.Steps.OfType<CheckStep>().Where(step => step.Duration is not null).Select(step => (step.Title, step.Duration)).Should().Equal(
            ("Bake under all traffic", TimeSpan.FromMinutes(15)), ("Watch intensively for 1 h", TimeSpan.FromHours(1)));
        (result.Log.Entries[^1].At - result.Log.Entries[0].At).Should().BeCloseTo(TimeSpan.FromMinutes(75), TimeSpan.FromSeconds(10));
    }

    [Test]
    public void Plan_TheTargetMeasuresItself_SaysHowAPersonReadsTheSame()
    {
        var world = new World();
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop").DeployTo(new MeasuringTarget(world.Target)).UseStore(world.Store).UseTimeProvider(world.Time.Clock)
            .UseBlueGreen().Monitor(TimeSpan.FromMinutes(5), monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.1))).Build();

        Runbook plan = world.Time.Run(() => pipeline.PlanAsync(World.Version("1.1.0")));

        plan.Steps.OfType<CheckStep>().Single(step => step.Title == "Watch for 5 min").Lookup.Should().Equal("fakectl web measure 'error rate' of shop_1.1.0_1");
        plan.ToMarkdown().Should().Contain("- To look at it meanwhile:").And.Contain("fakectl web measure 'error rate' of shop_1.1.0_1");
    }

    [Test]
    public void Canary_AStepOfTheUsersAfterTheBake_BringsNoSecondBake()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.1)), TimeSpan.FromMinutes(5), pipeline => pipeline
            .UseCanary(canary => canary.Steps = [10, 100])
            .Step("warm the cache", Moment.Shifted, step => step.Run((_, _) => Task.CompletedTask).MayBeRepeated().NothingToUndo()));

        watched.World.Plan().Steps.OfType<CheckStep>().Where(step => step.Duration is not null).Select(step => step.Title).Should().Equal("Bake at 10%", "Bake at 100%");
    }

    private sealed class MeasuringTarget(DeploymentTarget inner) : DeploymentTarget(inner.Name), IMetricSource
    {
        public override IReadOnlyList<Verb> Verbs => inner.Verbs;

        public override T? Capability<T>(Observation seen)
            where T : class => this as T ?? inner.Capability<T>(seen);

        public override Task<Observation> ObserveAsync(CancellationToken cancellationToken) => inner.ObserveAsync(cancellationToken);

        public override string? Refuses(Artifact artifact) => inner.Refuses(artifact);

        public bool Measures(Metric metric, MetricSubject subject) => subject.Target == Name;

        public IReadOnlyList<string> Commands(Metric metric, MetricSubject subject) => [$"fakectl {subject.Target} measure '{metric.Name}' of {subject.Revision}"];

        public IMetricFeed Open(Metric metric, MetricSubject subject, DateTimeOffset since) => throw new NotSupportedException("Nothing is read while it is planned.");
    }
}
