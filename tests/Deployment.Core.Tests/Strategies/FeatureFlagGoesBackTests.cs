using Deployment.Flags;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies.FeatureFlags;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>What is looked at, in which order, when a flag is closed and when a release behind it is taken back; and what the flag is called among resources.</summary>
[Category("Unit")]
public sealed class FeatureFlagGoesBackTests
{
    [Test]
    public void RollBack_FlagIsOpen_ChecksUnderTrafficBeforeTheEnd()
    {
        FlagWorld world = Deployed();

        Runbook plan = PlanBack(world);

        plan.Titles().Should().Equal(["Close checkout", "health", "smoke", "error rate", "well at the end"], "the end comes last, in whatever order a pipeline names them");
        world.RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void RollBack_FlagIsClosed_SaysSoAndChecksTheOldReleaseOnce()
    {
        FlagWorld world = Deployed();
        world.RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        Runbook plan = PlanBack(world);

        plan.StrategyReason.Should().EndWith("The flag checkout is closed already.");
        plan.Titles().Should().Equal("health", "smoke", "Switch all traffic to shop_1.0.0_1", "error rate", "well at the end");
    }

    [Test]
    public void RollBack_OneTargetHasTheOldReleaseAlready_EachIsCheckedOnce()
    {
        var web2 = new FakeTarget("web-2");
        FlagWorld world = Deployed(pipeline => pipeline.DeployTo(web2));
        world.Flags.Seed(FlagWorld.Flag, FlagAudience.Nobody);
        world.Deploy("1.2.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Flags.Seed(FlagWorld.Flag, FlagAudience.Nobody);
        world.World.Target.Seed(new Revision(new("shop", "1.1.0", 1), World.Version("1.1.0")));

        Runbook plan = world.World.Time.Run(() => world.World.Pipeline().PlanRollBackAsync("1.1.0"));

        plan.Steps.OfType<CheckStep>().Where(step => step.Check == "error rate").Select(step => $"{step.Subject.Target} {step.Subject.Candidate}")
            .Should().BeEquivalentTo("web shop_1.1.0_1", "web-2 shop_1.1.0_1");
    }

    [TestCase("new-checkout", "^flags\\.new-checkout$")]
    [TestCase("Checkout24", "^flags\\.Checkout24$")]
    [TestCase("a-name-of-24-characters-", "^flags\\.anameof24characters-[0-9a-f]{8}$")]
    [TestCase("-checkout", "^flags\\.checkout-[0-9a-f]{8}$")]
    [TestCase("shop.checkout", "^flags\\.shopcheckout-[0-9a-f]{8}$")]
    [TestCase("a-name-of-25-characters-x", "^flags\\.anameof25charactersx-[0-9a-f]{8}$")]
    [TestCase("карта", "^flags\\.[0-9a-f]{8}$")]
    public void Deploy_FlagOfAnyName_IsClaimedByANameThatTargetsMayHave(string flag, string name)
    {
        var world = new FlagWorld(options => options.Flag = flag, flags => flags.Seed(flag, FlagAudience.Nobody));

        world.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.World.RunOf("1.1.0")!.Targets[^1].Target.Should().MatchRegex(name);
        world.Flags.Audience(flag).IsEveryone.Should().BeTrue();
    }

    [Test]
    public void Deploy_FlagsThatLookAlike_AreTwoResources()
    {
        string[] names = [.. new[] { "shop.checkout", "shop checkout" }.Select(flag =>
        {
            var world = new FlagWorld(options => options.Flag = flag, flags => flags.Seed(flag, FlagAudience.Nobody));
            world.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
            return world.World.RunOf("1.1.0")!.Targets[^1].Target;
        })];

        names.Should().OnlyHaveUniqueItems();
    }

    [TestCase(false, "The flag checkout is {\"Users\":[\"eve\"],*, not {\"Users\":[\"ada\"],*")]
    [TestCase(true, "The flag checkout is gone, not {\"Users\":[\"ada\"],*")]
    public void Deploy_FlagMovesRightAfterItWasSet_SaysWhatItIs(bool goes, string words)
    {
        var world = new FlagWorld(options => options.Retry = new RetryPolicy { Attempts = 1 });
        world.Flags.After = (number, _, _) =>
        {
            if (number == 1 && goes)
            {
                world.Flags.Delete(FlagWorld.Flag);
            }
            else if (number == 1)
            {
                world.Flags.Seed(FlagWorld.Flag, new FlagAudience { Users = ["eve"] });
            }

            return Task.CompletedTask;
        };

        DeploymentResult result = world.Deploy();

        result.Outcome.Should().Be(goes ? DeploymentOutcome.NeedsAttention : DeploymentOutcome.RolledBack, result.Reason);
        result.Log.Entries.Select(entry => entry.Text ?? "").Should().ContainMatch("*" + words);
    }

    /// <summary>1.1.0 behind the flag, which everyone has; what stands at the end is named before what stands under traffic.</summary>
    private static FlagWorld Deployed(Action<DeploymentPipelineBuilder>? more = null)
    {
        var world = new FlagWorld();
        world.World.Configure += pipeline =>
        {
            more?.Invoke(pipeline);
            pipeline.Check(new ScriptedCheck("well at the end", CheckKind.Smoke), Moment.Complete).Check(new ScriptedCheck("error rate", CheckKind.Smoke), Moment.Shifted);
        };
        world.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        return world;
    }

    private static Runbook PlanBack(FlagWorld world) => world.World.Time.Run(() => world.World.Pipeline().PlanRollBackAsync());
}
