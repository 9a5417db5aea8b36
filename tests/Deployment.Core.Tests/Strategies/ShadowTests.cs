using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies.Canary;
using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>A release that answers copies before any user reaches it.</summary>
[Category("Unit")]
public sealed class ShadowTests
{
    private const string Copies = "mirror shop_1.1.0_1=100";
    private const string NoCopies = "mirror none";

    [Test]
    public void Transcript_ThenSwitched()
    {
        World world = ShadowWorld.Live();
        world.Watch();

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        Approved.Verify("shadow", string.Join('\n', world.Transcript));
        world.Target.Now.Traffic.ToString().Should().Be(CanaryWorld.New);
    }

    [Test]
    public void Transcript_OnlyTried()
    {
        World world = ShadowWorld.Trial();
        world.Watch();

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        Approved.Verify("shadow-only-tried", string.Join('\n', world.Transcript));
        world.IsWithoutCopies("it was only tried");
    }

    [Test]
    public void Runbook_AllMethods_WarnsAndSaysWhatAPersonTypes()
    {
        World world = ShadowWorld.Live(shadow => shadow.AllMethods = true);

        Approved.Verify("shadow-runbook", world.Plan().ToMarkdown());
    }

    [Test]
    public void Runbook_SafeAlone_DoesNotWarn()
    {
        Runbook plan = ShadowWorld.Live().Plan();

        plan.StrategyReason.Should().NotContain("WARNING");
        plan.Steps.OfType<EffectStep>().Single(step => step.Title.StartsWith("Copy", StringComparison.Ordinal)).Operation.Arguments.GetProperty("Mirror").GetProperty("AllMethods").GetBoolean().Should().BeFalse();
    }

    [Test]
    public void Deploy_WhileCopied_UsersStayAndOtherStrategyFindsTheReleaseInstalled()
    {
        World world = ShadowWorld.Live(shadow => shadow.Then = part => part.UseCanary(canary => (canary.Steps, canary.Baseline) = ([50, 100], CanaryBaseline.Required)));

        world.During((TimeSpan.FromMinutes(3), (_, _) =>
        {
            world.Target.Now.ToString().Should().Be("web: traffic shop_1.0.0_1=100; stands shop_1.0.0_1, shop_1.1.0_1; copies shop_1.1.0_1=100");
            return Task.CompletedTask;
        })).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Target.Transcript.Where(effect => !effect.StartsWith("route", StringComparison.Ordinal)).Should().Equal(
            "install shop_1.0.0_1", "install shop_1.1.0_1", Copies, NoCopies, "install shop_1.0.0_baseline_1", "remove shop_1.0.0_baseline_1");
        world.RunOf("1.1.0")!.Targets.Single().Baseline.Should().NotBeNull("the plan bears it, whoever took it");
    }

    [Test]
    public void Deploy_AnswersDiffer_GoesBackBeforeAnyUserHasIt()
    {
        World world = ShadowWorld.Live();
        world.Target.Compare = _ => ShadowWorld.Seen(otherStatus: 11);

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("1.1% of 1000 copies");
        world.IsWithoutCopies("it was no good");
        world.Target.Splits.Should().HaveCount(1, "users never left 1.0.0");
        result.Log.Entries.Single(entry => entry.Kind == JournalEntryKind.CheckFailed).Detail.Should().Contain(
            new KeyValuePair<string, string>("with another status", "11"), new("status 200 -> 500", "11"), new("requests not copied", "7"), new("latency of copies (95%)", "40 ms"));
    }

    [Test]
    public void Deploy_TooFewCopies_HoldsAndIsJudgedAgainByWhatHasComeMeanwhile()
    {
        World world = ShadowWorld.Live();
        long compared = 99;
        world.Target.Compare = _ => ShadowWorld.Seen(compared);

        DeploymentResult result = world.During((TimeSpan.FromMinutes(30), (pipeline, run) =>
        {
            run.State.Should().Be(RunState.Held);
            world.Target.Now.Mirror.Should().NotBeNull("copies go on meanwhile");
            compared = 100;
            return pipeline.SignalAsync(run.Id, Signal.Resume("ada"));
        }));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }

    [Test]
    public void Deploy_CopiesUnderWay_AreWaitedForAndCount()
    {
        World world = ShadowWorld.Live();
        int looks = 0;
        // A release that hangs: what it answers at once is well, and the rest is given up on while the check waits.
        world.Target.Compare = _ => ++looks < 5 ? ShadowWorld.Seen() with { Sent = 1064, UnderWay = 64 } : ShadowWorld.Seen(failed: 64) with { Sent = 2000, UnderWay = 936 };

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("not at all (64)");
        looks.Should().Be(5, "what is sent meanwhile is not waited for");
    }

    [Test]
    public void Deploy_CopiesNeverEnd_AreLookedAtEachSecondForAQuarterOfAMinute()
    {
        World world = ShadowWorld.Live();
        List<DateTimeOffset> looks = [];
        world.Target.Compare = _ =>
        {
            looks.Add(world.Time.Clock.GetUtcNow());
            return looks.Count < 100 ? ShadowWorld.Seen() with { Sent = 1001, UnderWay = 1 } : throw new DeploymentException("It looks for ever.");
        };

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        looks.Select(look => look - looks[0]).Should().Equal(Enumerable.Range(0, 16).Select(second => TimeSpan.FromSeconds(second)));
        result.Log.Entries.Single(entry => entry.Kind == JournalEntryKind.CheckPassed && entry.Step!.EndsWith("copies-answered-as-users-are", StringComparison.Ordinal)).Text
            .Should().Contain("shop_1.1.0_1 answered 1000 copies, 100% of them as users were answered");
    }

    [Test]
    public void Deploy_FewAnswersDiffer_SaysWhatShareWasAsUsersWereAnswered()
    {
        World world = ShadowWorld.Live();
        world.Target.Compare = _ => ShadowWorld.Seen(otherStatus: 5);

        world.Deploy("1.1.0").Log.Entries.Should().Contain(entry => entry.Text != null && entry.Text.Contains("answered 1000 copies, 99.5% of them as users were answered"));
    }

    [Test]
    public void Deploy_Aborted_EndsTheCopies()
    {
        World world = ShadowWorld.Live();

        world.During((TimeSpan.FromMinutes(2), (pipeline, run) => pipeline.SignalAsync(run.Id, Signal.Abort("ada", "no")))).Outcome.Should().Be(DeploymentOutcome.RolledBack);

        world.IsWithoutCopies("a person aborted");
    }

    [Test]
    public void Deploy_CopiesGoToSomebodyAlready_TakesTheirPlaceAndARollbackBringsThemBack()
    {
        World world = ShadowWorld.Live(shadow => shadow.MaxDifferentPercent = 0);
        world.Target.Compare = _ => ShadowWorld.Seen(otherStatus: 1);
        TrafficMirror earlier = world.CopyByHand();

        world.Plan().StrategyReason.Should().Contain("Copies go to shop_0.9.0_1 on 'web' at present");
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);

        world.Target.Now.Mirror.Should().Be(earlier);
    }

    [Test]
    public void Execute_CopiesMovedSinceThePlan_IsStale()
    {
        World world = ShadowWorld.Live();
        Runbook plan = world.Plan();
        world.CopyByHand();

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().ExecuteAsync(plan))).Should().Throw<StalePlanException>().WithMessage("*mirror*");
    }

    [Test]
    public void RollBack_CopiesNothing()
    {
        World world = ShadowWorld.Live();
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        int effects = world.Target.Transcript.Count;

        DeploymentResult result = world.Time.Run(() => world.Pipeline().RollBackAsync());

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.StrategyReason.Should().EndWith("Going back copies no requests first: users wait for it.");
        world.Target.Transcript.Skip(effects).Should().Equal("route shop_1.0.0_1=100");
    }

    [Test]
    public void FirstDeployment_CopiesNothing()
    {
        var world = new World { Configure = pipeline => pipeline.UseShadow() };

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.StrategyReason.Should().Contain("no requests to copy");
        world.Mirrors().Should().BeEmpty();
    }
}
