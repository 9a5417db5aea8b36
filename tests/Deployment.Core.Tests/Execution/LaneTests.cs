using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Tests.Execution;

/// <summary>Several targets side by side.</summary>
[Category("Unit")]
public sealed class LaneTests
{
    private const int Count = 6;

    [Test]
    public void Deploy_AllLanesSucceed_Succeeds()
    {
        FakeTarget[] targets = Targets();

        Deploy(targets, new LanePolicy { MaxConcurrency = 2 }).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        targets.Should().OnlyContain(target => target.Now.Traffic.ToString() == "shop_1.1.0_1=100");
    }

    [Test]
    public void Deploy_OneLaneFailsByDefault_AllGoBack()
    {
        FakeTarget[] targets = Targets();
        targets[3].FailOn("route");

        DeploymentResult result = Deploy(targets, new LanePolicy { MaxConcurrency = 2 });

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention, "the lane's own way back is broken too");
        targets.Should().OnlyContain(target => target.Now.Traffic.ToString() == "shop_1.0.0_1=100");
    }

    [Test]
    public void Deploy_OneInstallFails_AllGoBackCleanly()
    {
        FakeTarget[] targets = Targets();
        targets[3].FailAt(3);

        DeploymentResult result = Deploy(targets, new LanePolicy { MaxConcurrency = 2 });

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        targets.Should().OnlyContain(target => target.Now.Traffic.ToString() == "shop_1.0.0_1=100" && target.Now.Revisions.Count == 1);
        targets[5].Transcript.Should().HaveCount(2, "no lane begins after the group failed");
    }

    [Test]
    public void Deploy_FailureWithinTheBudget_IsTakenBackAndTheOthersStand()
    {
        FakeTarget[] targets = Targets();
        targets[3].FailAt(3);

        DeploymentResult result = Deploy(targets, new LanePolicy { MaxConcurrency = 2, MaxFailures = 1 });

        result.Outcome.Should().Be(DeploymentOutcome.PartlySucceeded, result.Reason);
        result.Reason.Should().Contain("web-3");
        targets[3].Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
        targets.Where((_, i) => i != 3).Should().OnlyContain(target => target.Now.Traffic.ToString() == "shop_1.1.0_1=100");
    }

    [Test]
    public void Deploy_TooManyFailures_KeepsFinishedLanesIfAsked()
    {
        FakeTarget[] targets = Targets();
        targets[2].FailAt(3);
        targets[3].FailAt(3);

        DeploymentResult result = Deploy(targets, new LanePolicy { MaxConcurrency = 1, MaxFailures = 1, KeepFinishedLanes = true });

        result.Outcome.Should().Be(DeploymentOutcome.PartlySucceeded, result.Reason);
        targets.Select(target => target.Now.Traffic.ShareOf(new("shop", "1.1.0", 1))).Should().Equal(100, 100, 0, 0, 0, 0);
    }

    /// <summary>A lane that could not be taken back: whatever becomes of the others, a person must look.</summary>
    [TestCase(1, false, 1, "the others stand")]
    [TestCase(1, false, 2, "the others went back")]
    [TestCase(1, true, 2, "the finished ones are kept")]
    [TestCase(Count, false, Count, "every lane failed")]
    public void Deploy_LaneCannotBeTakenBack_NeedsAttention(int maxFailures, bool keepFinished, int failing, string because)
    {
        FakeTarget[] targets = Targets();
        foreach (FakeTarget target in targets.Skip(1).Take(failing == Count ? Count : failing).Concat(failing == Count ? targets[..1] : []))
        {
            target.FailAt(3);
        }

        targets[1].FailOn("remove", "It does not let go.");

        DeploymentResult result = Deploy(targets, new LanePolicy { MaxConcurrency = 1, MaxFailures = maxFailures, KeepFinishedLanes = keepFinished });

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention, because);
        targets[1].Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
        result.Log.Entries.Should().Contain(entry => entry.Kind == JournalEntryKind.RollbackEnded && entry.Text!.Contains("It does not let go."));
        if (failing == 1)
        {
            result.Reason.Should().Contain("web-1").And.Contain("It does not let go.");
        }
    }

    [Test]
    public void Deploy_TooManyFailures_TakesEachLaneBackOnce()
    {
        FakeTarget[] targets = Targets();
        targets[1].FailAt(4);
        targets[3].FailAt(3);

        DeploymentResult result = Deploy(targets, new LanePolicy { MaxConcurrency = 1, MaxFailures = 1 });

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        targets[0].Transcript.Skip(2).Should().Equal("install shop_1.1.0_1", "route shop_1.1.0_1=100", "route shop_1.0.0_1=100", "remove shop_1.1.0_1");
        targets[1].Transcript.Skip(2).Should().Equal(["install shop_1.1.0_1", "route shop_1.0.0_1=100", "remove shop_1.1.0_1"], "it went back when it failed, and not once more with the others");
        targets[4].Transcript.Should().HaveCount(2);
    }

    /// <summary>One lane fails while another is in its first effect.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public void Deploy_LaneFailsWhileAnotherRuns_StopsOrFinishesItAsThePolicySays(bool finishes)
    {
        FakeTarget[] targets = Targets(out World world, 3);
        targets[0].DelayAt(3, TimeSpan.FromSeconds(2), world.Time.Clock);
        targets[0].FailAt(3);
        targets[1].DelayAt(3, TimeSpan.FromSeconds(10), world.Time.Clock);

        DeploymentResult result = world.Time.Run(() => Pipeline(world, targets, new LanePolicy { MaxConcurrency = 2, FinishRunningLanes = finishes }).DeployAsync(World.Version("1.1.0")));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        targets[1].Transcript.Skip(2).Should().Equal(finishes
            ? ["install shop_1.1.0_1", "route shop_1.1.0_1=100", "route shop_1.0.0_1=100", "remove shop_1.1.0_1"]
            : ["install shop_1.1.0_1", "remove shop_1.1.0_1"]);
        targets[2].Transcript.Should().HaveCount(2, "no lane begins any more");
    }

    [Test]
    public void Deploy_AllGoBack_NoMoreLanesAtOnceThanThePolicySays()
    {
        FakeTarget[] targets = Targets(out World world, Count);
        targets[5].FailAt(3);
        int running = 0, most = 0;
        foreach (FakeTarget target in targets)
        {
            Func<FakeEffect, CancellationToken, Task>? fail = target.Before;
            target.Before = async (effect, cancellationToken) =>
            {
                running += effect.Verb == "remove" ? 1 : 0;
                most = Math.Max(most, running);
                await Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock, cancellationToken);
                running -= effect.Verb == "remove" ? 1 : 0;
                await (fail?.Invoke(effect, cancellationToken) ?? Task.CompletedTask);
            };
        }

        world.Time.Run(() => Pipeline(world, targets, new LanePolicy { MaxConcurrency = 2 }).DeployAsync(World.Version("1.1.0"))).Outcome.Should().Be(DeploymentOutcome.RolledBack);

        most.Should().Be(2);
    }

    [Test]
    public void Deploy_DiesAtEveryPointWithAFailingLane_EndsTheSame()
    {
        int points = 0;
        for (int point = 1; ; point++, points++)
        {
            FakeTarget[] targets = Targets(out World world, 3);
            targets[1].FailAt(3);
            var policy = new LanePolicy { MaxConcurrency = 2, MaxFailures = 1 };
            var process = new SimulatedProcess(point);
            try
            {
                world.Time.Run(() => Pipeline(world, targets, policy, process).DeployAsync(World.Version("1.1.0"))).Outcome.Should().Be(DeploymentOutcome.PartlySucceeded);
                break;
            }
            catch (SimulatedCrashException)
            {
                if (world.RunOf("1.1.0") is not { } run)
                {
                    continue;
                }

                // The failing effect may be the fourth or later after a resume, and then succeeds.
                DeploymentResult result = world.Time.Run(() => Pipeline(world, targets, policy).ResumeAsync(run.Id));
                result.Outcome.Should().BeOneOf([DeploymentOutcome.PartlySucceeded, DeploymentOutcome.Succeeded], $"died {process.Death}: {result.Reason}");
                foreach (FakeTarget target in targets)
                {
                    target.Now.Traffic.ToString().Should().BeOneOf(result.Outcome == DeploymentOutcome.Succeeded || target != targets[1] ? ["shop_1.1.0_1=100"] : ["shop_1.0.0_1=100"], process.Death);
                }
            }
        }

        points.Should().BeGreaterThan(50);
    }

    private static DeploymentResult Deploy(FakeTarget[] targets, LanePolicy policy)
    {
        var world = new World();
        return world.Time.Run(() => Pipeline(world, targets, policy).DeployAsync(World.Version("1.1.0")));
    }

    private static FakeTarget[] Targets() => Targets(out _, Count);

    private static FakeTarget[] Targets(out World world, int count)
    {
        world = new World();
        FakeTarget[] targets = [.. Enumerable.Range(0, count).Select(i => new FakeTarget($"web-{i}"))];
        foreach (FakeTarget target in targets)
        {
            // Two effects of an earlier deployment, so that the third is this one's first.
            target.Before = null;
            var seed = new World { Target = target };
            seed.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        }

        return targets;
    }

    private static DeploymentPipeline Pipeline(World world, FakeTarget[] targets, LanePolicy policy, SimulatedProcess? process = null)
    {
        process ??= new SimulatedProcess();
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop")
            .UseStrategy(new SwitchStrategy())
            .WithLanes(policy)
            .UseStore(process.Reach(world.Store))
            .UseTimeProvider(world.Time.Clock)
            .UseRandom(new Random(3))
            .UseCommands(new RecordingCommandRunner());
        foreach (FakeTarget target in targets)
        {
            builder.DeployTo(process.Reach(target));
        }

        builder.BuildOverride = "build-1";
        return builder.Build();
    }

    /// <summary>Install and switch, knowing the old revision by observation alone: these worlds have no common history.</summary>
    private sealed class SwitchStrategy : IDeploymentStrategy
    {
        public string Name => "switch";

        public IReadOnlyList<string> Validate() => [];

        public void Plan(StrategyContext context, RunbookBuilder runbook)
        {
            IHostRevisions hosts = context.Require<IHostRevisions>()!;
            ISplitTraffic router = context.Require<ISplitTraffic>()!;
            RevisionId candidate = context.Candidate.Id;
            TrafficSplit after = TrafficSplit.AllTo(candidate);
            runbook.Effect($"Install {candidate}", hosts.Install(context.Candidate), Undo.By(hosts.Remove(candidate)));
            runbook.Effect($"Switch to {candidate}", router.Route(after), Undo.By(router.Route(context.Observation.Traffic)), new EffectOptions
            {
                Changes = [new FactChange(context.Target, Fact.Traffic, context.Observation.Traffic.ToString(), after.ToString())],
            });
        }
    }
}
