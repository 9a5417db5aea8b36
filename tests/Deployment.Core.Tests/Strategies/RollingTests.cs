using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies.Rolling;
using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>What rolling plans, and that each option does what it says.</summary>
[Category("Unit")]
public sealed class RollingTests
{
    [Test]
    public void Transcript_Default()
    {
        World world = RollingWorld.Live(4);
        world.Watch();

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        world.Capacities().Should().Equal(4, 5, 3, 5, 3, 5, 4);
        Approved.Verify("rolling-default", string.Join('\n', world.Transcript));
    }

    [Test]
    public void Transcript_OnlyBesides_WithPauses()
    {
        World world = RollingWorld.Live(3, RollingWorld.OnlyBesides);

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        world.Capacities().Should().Equal(3, 4, 3, 4, 3, 4, 3, 4, 3);
        (result.Log.Entries[^1].At - result.Log.Entries[0].At).Should().BeGreaterThanOrEqualTo(TimeSpan.FromMinutes(4)).And.BeLessThan(TimeSpan.FromMinutes(5));
        Approved.Verify("rolling-only-besides", string.Join('\n', world.Transcript));
    }

    [Test]
    public void Runbook_OneByOne_IsApproved() => Approved.Verify("rolling-runbook", RollingWorld.Live(2, RollingWorld.OneByOne).Plan().ToMarkdown());

    [Test]
    public void Traffic_AfterEachBatch_FollowsTheInstances()
    {
        World world = RollingWorld.Live(3, RollingWorld.OneByOne);

        world.Deploy("1.1.0");

        world.Shares().Should().Equal([33, 50, 67, 100], "with one of three, of two and of three; of the last one; and of all");
        world.Target.Now.Slots.ToString().Should().Be("1=shop_1.1.0_1,2=shop_1.1.0_1,3=shop_1.1.0_1");
    }

    [Test]
    public void FirstDeployment_StartsAllAtOnce_AndSaysSo()
    {
        World world = RollingWorld.Empty(4);

        Runbook plan = world.Plan("1.0.0");

        plan.StrategyReason.Should().Contain("Where nothing is live there is no capacity to keep");
        plan.Steps.OfType<EffectStep>().Select(step => step.Title).Should().Equal("Start all instances, in slots 1, 2, 3, 4");
        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Target.Now.ToString().Should().Be("web: traffic shop_1.0.0_1=100; stands shop_1.0.0_1 (4 instances)");
    }

    [Test]
    public void RollBack_AfterASuccess_GoesInBatchesWithoutPauses()
    {
        World world = RollingWorld.Live(3, RollingWorld.OnlyBesides);
        world.Deploy("1.1.0");
        int before = world.Target.Capacities.Count;
        DateTimeOffset begin = world.Time.Clock.GetUtcNow();

        DeploymentResult result = world.Time.Run(() => world.Pipeline().RollBackAsync());

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        (world.Time.Clock.GetUtcNow() - begin).Should().BeLessThan(TimeSpan.FromMinutes(1));
        world.Target.Now.Live()!.Version.Should().Be("1.0.0");
        world.Target.Capacities.Skip(before).Should().Equal(4, 3, 4, 3, 4, 3, 4, 3);
    }

    [TestCase(10, 25, 25, null, "surge 3, batch 5", TestName = "Sizes_OfTen_RoundAsKubernetes(surge up, unavailable down)")]
    [TestCase(4, 0, 1, null, "surge 1, batch 1", TestName = "Sizes_OnlySurge")]
    [TestCase(4, 100, 0, null, "surge 0, batch 4", TestName = "Sizes_AllMayBeMissing_ReplacesAllAtOnce")]
    [TestCase(10, 25, 25, 10, "surge 1, batch 1", TestName = "Sizes_SmallBatches_RunFewBesides")]
    [TestCase(10, 0, 20, 100, "surge 2, batch 2", TestName = "Sizes_LargeBatches_AreCutToWhatIsPromised")]
    public void Sizes(int instances, int unavailable, int surge, int? batch, string expected)
    {
        World world = RollingWorld.Live(instances, rolling =>
        {
            rolling.MaxUnavailable = RollingAmount.Percent(unavailable);
            rolling.MaxSurge = RollingAmount.Percent(surge);
            rolling.BatchSize = batch is { } percent ? RollingAmount.Percent(percent) : null;
        });

        EffectStep[] steps = [.. world.Plan().Steps.OfType<EffectStep>()];

        int besides = steps.Where(step => step.Title.StartsWith("Start", StringComparison.Ordinal)).Sum(Slots);
        $"surge {besides}, batch {steps.Where(step => step.Title.StartsWith("Replace", StringComparison.Ordinal)).Max(Slots)}".Should().Be(expected);
        steps.Count(step => step.Title.StartsWith("Stop", StringComparison.Ordinal)).Should().Be(besides > 0 ? 1 : 0);
        world.Plan().StrategyReason.Contains("would break the promise of capacity", StringComparison.Ordinal).Should().Be(batch == 100);

        static int Slots(EffectStep step) => step.Operation.Arguments.GetProperty("Slots").GetArrayLength();
    }

    [Test]
    public void Plan_UnavailableRoundsToNoneAndNoSurge_IsRefused() =>
        RollingWorld.Live(4, rolling => (rolling.MaxUnavailable, rolling.MaxSurge) = (RollingAmount.Percent(10), 0)).Errors()
            .Should().Equal("Of the 4 instances of 'web' 10% (MaxUnavailable, rounded down) is none, and MaxSurge is 0: none could be replaced. Allow a surge, or at least 25% to be missing.");

    [Test]
    public void Plan_NoRoomForTheSurge_IsRefused()
    {
        World world = RollingWorld.Live(4, rolling => rolling.MaxSurge = 2);
        world.Target.Room = 1;

        world.Errors().Should().Equal("Rolling's MaxSurge asks for 2 instances besides, and 'web' has room for 1. Take MaxSurge = 1.");
    }

    [Test]
    public void Plan_TrafficIsSplitByWeight_IsRefused()
    {
        World world = RollingWorld.Live(2);
        world.Target.Capabilities = FakeCapabilities.All;
        world.Configure = pipeline => pipeline.UseCanary(canary => canary.Steps = [50, 100]);
        world.DieAfter(entry => entry is { Kind: JournalEntryKind.StepSucceeded, Step: "web/shift-50-to-shop_1.1.0_1" });
        world.Configure = pipeline => pipeline.UseRolling();

        world.Errors().Should().Equal("The revisions on 'web' share the traffic by weight (shop_1.0.0_1=50,shop_1.1.0_1=50), not by instances. Give all of it to one of them first: finish or undo what split it.");
    }

    [Test]
    public void Plan_FewerInstancesThanRun_EmptiesTheOthersAtTheEnd()
    {
        World world = RollingWorld.Live(4, RollingWorld.OneByOne);
        world.Target.Instances = 2;

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Effects().Should().Equal("replace 1 shop_1.1.0_1", "replace 2 shop_1.1.0_1", "vacate 3+4");
        world.Target.Now.ToString().Should().Be("web: traffic shop_1.1.0_1=100; stands shop_1.1.0_1 (2 instances)");
    }

    [Test]
    public void Plan_MoreInstancesThanRun_FillsTheEmptyOnesFirst()
    {
        World world = RollingWorld.Live(2, RollingWorld.OneByOne);
        world.Target.Instances = 4;

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Effects().Should().Equal("replace 3 shop_1.1.0_1", "replace 4 shop_1.1.0_1", "replace 1 shop_1.1.0_1", "replace 2 shop_1.1.0_1");
    }

    [Test]
    public void Plan_LiveIsUnknown_CannotBeUndoneAndAsksFirst()
    {
        World world = RollingWorld.Empty(2, RollingWorld.OneByOne);
        world.Target.Seed(new Revision(new("shop", "0.9.0", 1), World.Version("0.9.0")));

        Runbook plan = world.Plan();

        plan.PointOfNoReturn!.Undo.Reason.Should().StartWith("shop_0.9.0_1 was not brought by this pipeline");
        plan.Steps.First().Should().BeOfType<ApprovalStep>();
    }

    [Test]
    public void FirstDeployment_WhatIsBoundToTheEnd_StandsAfterTheChecksUnderTraffic()
    {
        World world = RollingWorld.Empty(2);
        world.Configure += pipeline => pipeline.RequireApproval(Moment.Complete).Check(new ScriptedCheck("error rate"), Moment.Shifted);

        world.Plan("1.0.0").Steps.Select(step => step.GetType().Name).Should().Equal(
            [nameof(EffectStep), nameof(CheckStep), nameof(CheckStep), nameof(CheckStep), nameof(ApprovalStep)], "health, smoke and error rate are known before a person decides");
    }

    [Test]
    public void RollBack_ToWhatStandsBesideWithoutTraffic_IsRefused()
    {
        var world = new World { Target = new FakeTarget("web") { Instances = 2 } };
        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Configure = pipeline => pipeline.UseRolling();

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().PlanRollBackAsync())).Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal(
            "shop_1.0.0_1 stands on 'web' without traffic, with instances of its own. Give it the traffic by the strategy that installed it, or remove it and try again.");
        world.Target.Now.Traffic.ToString().Should().Be(CanaryWorld.New);
    }

    [Test]
    public void RollBack_ToWhatIsInAllSlots_ChangesNothingAndRestsOnThem()
    {
        World world = RollingWorld.Live(4, rolling => (rolling.MaxUnavailable, rolling.MaxSurge) = (RollingAmount.Percent(10), 0));

        Runbook plan = world.Time.Run(() => world.Pipeline().PlanRollBackAsync("1.0.0"));

        plan.Steps.OfType<EffectStep>().Should().BeEmpty("nothing has to be replaced, so it is no matter that nothing could be");
        plan.Basis.Should().Contain(fact => fact.Name == Fact.Slots && fact.Value == world.Target.Now.Slots.ToString());
    }

    /// <summary>More besides than are replaced at once would serve nobody's promise: what is empty is filled in a batch of its own.</summary>
    [Test]
    public void Plan_MoreInstancesThanRun_StartsNoMoreBesidesThanAreReplacedAtOnce()
    {
        World world = RollingWorld.Live(2, rolling => (rolling.MaxUnavailable, rolling.MaxSurge) = (0, 4));
        world.Target.Instances = 4;

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Effects().Should().Equal("replace 5+6 shop_1.1.0_1", "replace 3+4 shop_1.1.0_1", "replace 1+2 shop_1.1.0_1", "vacate 5+6");
    }

    [Test]
    public void Build_AtTheLimits_IsTaken()
    {
        Taken(RollingAmount.Instances(10_000), least: 1).Should().BeTrue();
        Taken(RollingAmount.Percent(100), least: 1).Should().BeTrue();
        Taken(RollingAmount.Instances(10_001), least: 1).Should().BeFalse();
        Taken(RollingAmount.Percent(101), least: 1).Should().BeFalse();
        Taken(10, least: 0).Should().BeFalse();

        static bool Taken(RollingAmount amount, int least)
        {
            try
            {
                RollingWorld.Empty(2, rolling => (rolling.MaxUnavailable, rolling.MaxSurge, rolling.BatchSize) = (amount, amount, least)).Pipeline();
                return true;
            }
            catch (DeploymentValidationException)
            {
                return false;
            }
        }
    }

    [Test]
    public void Build_EverythingWrong_IsReportedTogether() =>
        FluentActions.Invoking(() => RollingWorld.Empty(2, rolling =>
        {
            rolling.MaxUnavailable = 0;
            rolling.MaxSurge = 0;
            rolling.BatchSize = RollingAmount.Percent(101);
            rolling.PauseBetween = TimeSpan.FromDays(8);
            rolling.Reason = " ";
        }).Pipeline()).Should().Throw<DeploymentValidationException>().Which.Errors.Should().BeEquivalentTo(
            "Rolling's MaxUnavailable and MaxSurge are both zero: no instance could ever be replaced. Let at least one be missing, or run besides.",
            "Rolling's BatchSize is 101%; it must be 1 to 100%, or a number of instances from 1 to 10000.",
            "Rolling's PauseBetween is 8.00:00:00; it must be 0 to 7 days.",
            "Rolling needs a reason for the runbook; leave Reason as it is, or write one.");
}
