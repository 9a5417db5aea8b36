using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Tests.Execution;

/// <summary>
/// Lanes that fail after their switch, a process that dies at every point, and every way to go on from there: whatever the run says at
/// its end is what stands on each target.
/// </summary>
[Category("Unit")]
public sealed class LaneCrashTests
{
    private const string Old = "shop_1.0.0_1=100";
    private const string New = "shop_1.1.0_1=100";

    public enum GoOn
    {
        Resume,
        OtherBuild,
        Abort,
    }

    [Test]
    public void DiesAtEveryPoint_EndsTruthful(
        [Values(0, 1, 2)] int maxFailures,
        [Values] bool keepFinished,
        [Values] GoOn how)
    {
        var policy = new LanePolicy { MaxConcurrency = 2, MaxFailures = maxFailures, KeepFinishedLanes = keepFinished };
        int points = 0;
        for (int point = 1; ; point++, points++)
        {
            var scene = new Scene(policy);
            var process = new SimulatedProcess(point);
            if (!scene.Crash(process))
            {
                break;
            }

            if (scene.World.RunOf("1.1.0") is { } run)
            {
                scene.Check(scene.GoOn(run, how), $"died {process.Death}, then {how}");
            }
        }

        points.Should().BeGreaterThan(60);
    }

    [Test]
    public void EveryLaneFails_WithinTheBudget_IsNoSuccess()
    {
        var scene = new Scene(new LanePolicy { MaxFailures = 3 }, failing: 3);

        DeploymentResult result = scene.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        scene.Check(result, "every lane failed");
    }

    [Test]
    public void IrreversibleStepInEachLane_GoNoGoStandsBeforeAllLanes()
    {
        var world = new World();
        Runbook plan = world.Time.Run(() => DeploymentPipeline.Create("shop")
            .DeployTo(new FakeTarget("web-1")).DeployTo(new FakeTarget("web-2"))
            .UseBlueGreen().UseStore(world.Store).UseTimeProvider(world.Time.Clock)
            .Step("drop", Moment.Shifted, step => step.Run((_, _) => Task.CompletedTask).CannotBeUndone("The data is gone."))
            .Build().PlanAsync(World.Version("1.1.0")));

        plan.Root.Children[0].Should().BeOfType<ApprovalStep>("no lane may pass its point of no return without it");
        plan.Root.Children[1].Should().BeOfType<ParallelNode>();
        plan.Steps.OfType<ApprovalStep>().Should().ContainSingle();
    }

    /// <summary>Three targets; the second, or all, fail after their switch, and go on failing.</summary>
    private sealed class Scene
    {
        private readonly LanePolicy _policy;
        private readonly FakeTarget[] _targets = [new("web-0"), new("web-1"), new("web-2")];
        private readonly int _failing;

        internal Scene(LanePolicy policy, int failing = 1)
        {
            _policy = policy;
            _failing = failing;
            foreach (FakeTarget target in _targets)
            {
                new World { Target = target }.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
                target.Before = (effect, _) => Fails(target) && effect.Text.Contains("0.0.9", StringComparison.Ordinal) && effect.Verb == "install"
                    ? throw new DeploymentException("It fails for good.")
                    : Task.CompletedTask;
            }
        }

        internal World World { get; } = new();

        internal DeploymentResult Deploy() => World.Time.Run(() => Pipeline(new SimulatedProcess(), "build-1").DeployAsync(World.Version("1.1.0")));

        internal bool Crash(SimulatedProcess process)
        {
            try
            {
                Check(World.Time.Run(() => Pipeline(process, "build-1").DeployAsync(World.Version("1.1.0"))), "it lived");
                return false;
            }
            catch (SimulatedCrashException)
            {
                return true;
            }
        }

        internal DeploymentResult GoOn(RunRecord run, GoOn how) => World.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = Pipeline(new SimulatedProcess(), how == LaneCrashTests.GoOn.OtherBuild ? "build-2" : "build-1");
            if (how == LaneCrashTests.GoOn.Abort && run.State != RunState.Ended)
            {
                await pipeline.SignalAsync(run.Id, Signal.Abort("ada"));
            }

            Task<DeploymentResult> resuming = pipeline.ResumeAsync(run.Id);
            await Task.WhenAny(resuming, Task.Delay(TimeSpan.FromHours(1), World.Time.Clock));
            resuming.IsCompleted.Should().BeTrue($"nothing moved that a person would have to look at: {World.RunOf("1.1.0")!.Reason}");
            return await resuming;
        });

        internal void Check(DeploymentResult result, string because)
        {
            string[] now = [.. _targets.Select(target => target.Now.Traffic.ToString())];
            bool[] whole = [.. _targets.Select(target => target.Now.Revisions.Count == (target.Now.Traffic.ToString() == New ? 3 : 1))];
            because += $": {result.Outcome}, {result.Reason}";
            whole.Should().OnlyContain(isWhole => isWhole, "no lane is left half done; " + because);
            switch (result.Outcome)
            {
                case DeploymentOutcome.Succeeded:
                    now.Should().OnlyContain(traffic => traffic == New, because);
                    break;
                case DeploymentOutcome.PartlySucceeded:
                    now.Should().Contain(New, because);
                    _targets.Where(Fails).Should().OnlyContain(target => target.Now.Traffic.ToString() == Old, because);
                    break;
                case DeploymentOutcome.RolledBack or DeploymentOutcome.Rejected:
                    now.Should().OnlyContain(traffic => traffic == Old, because);
                    break;
                default:
                    Assert.Fail(because);
                    break;
            }
        }

        private bool Fails(FakeTarget target) => _failing == 3 || target == _targets[1];

        private DeploymentPipeline Pipeline(SimulatedProcess process, string build)
        {
            DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop")
                .UseStrategy(new PlanStrategy(Plan))
                .WithLanes(_policy)
                .UseStore(process.Reach(World.Store))
                .UseTimeProvider(World.Time.Clock)
                .UseRandom(new Random(3))
                .UseCommands(new RecordingCommandRunner());
            foreach (FakeTarget target in _targets)
            {
                builder.DeployTo(process.Reach(target));
            }

            builder.BuildOverride = build;
            return builder.Build();
        }

        /// <summary>Install, switch, then something that fails on some targets.</summary>
        private static void Plan(StrategyContext context, RunbookBuilder runbook)
        {
            IHostRevisions hosts = context.Require<IHostRevisions>()!;
            ISplitTraffic router = context.Require<ISplitTraffic>()!;
            RevisionId candidate = context.Candidate.Id;
            var after = TrafficSplit.AllTo(candidate);
            runbook.Effect($"Install {candidate}", hosts.Install(context.Candidate), Undo.By(hosts.Remove(candidate)));
            runbook.Effect($"Switch to {candidate}", router.Route(after), Undo.By(router.Route(context.Observation.Traffic)), new EffectOptions
            {
                Changes = [new FactChange(context.Target, Fact.Traffic, context.Observation.Traffic.ToString(), after.ToString())],
            });
            var extra = new RevisionId("shop", "0.0.9", 1);
            runbook.Effect($"Install {extra}", hosts.Install(new Revision(extra, context.Candidate.Release)), Undo.By(hosts.Remove(extra)));
        }
    }
}
