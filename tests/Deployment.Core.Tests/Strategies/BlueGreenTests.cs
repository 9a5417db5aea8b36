using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies;
using Deployment.Strategies.BlueGreen;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>What blue-green can do besides switching: be looked at, wait for a person, bake, and go back without an install.</summary>
[Category("Unit")]
public sealed class BlueGreenTests
{
    [Test]
    public void Transcript_PromotedAndBaked()
    {
        World world = Live(Careful);
        ScriptedCheck check = Watch(world);

        DeploymentResult result = world.During((TimeSpan.FromHours(1), (pipeline, run) => pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!))));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        check.Evaluations.Should().HaveCount(2, "right after the switch, and after the bake");
        Approved.Verify("blue-green-promoted-and-baked", string.Join('\n', world.Transcript));
    }

    [Test]
    public void Runbook_BeforeThePromotion_SaysHowToLookAtTheNewRevision()
    {
        World world = Live(Careful);

        world.Plan().Steps.OfType<ApprovalStep>().Single().Lookup.Should().Equal(
            "ADDRESS=$(fakectl web address shop_1.1.0_1)",
            "echo \"$ADDRESS\"",
            "fakectl web open --as-tester shop_1.1.0_1");
        world.Plan().Titles().Should().ContainInOrder("Let testers reach shop_1.1.0_1", "Go/No-Go by release manager before the switch", "Switch all traffic to shop_1.1.0_1");
        Live(Careful, FakeCapabilities.HostRevisions | FakeCapabilities.SplitTraffic).Plan().Steps.OfType<ApprovalStep>().Single().Lookup.Should().BeNull();
    }

    [Test]
    public void Promotion_IsRefused_TakesItAwayBeforeAUserSawIt()
    {
        World world = Live(Careful);

        DeploymentResult result = world.During((TimeSpan.FromHours(1), (pipeline, run) => pipeline.SignalAsync(run.Id, Signal.Reject("ada", "not today"))));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        world.Shares().Should().BeEmpty();
        world.IsAsBefore("it was refused");
    }

    [Test]
    public void Promotion_NobodyDecides_CountsAsRefused()
    {
        DeploymentResult result = Live(Careful).Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("Nobody decided within 08:00:00");
    }

    [Test]
    public void Bake_CheckFailsAfterIt_GoesBack()
    {
        World world = Live(options => options.BakeTime = TimeSpan.FromMinutes(15));
        Watch(world, look => look == 2 ? Verdict.Fail("12%") : Verdict.Pass("fine"));

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);

        world.Shares().Should().Equal(100, 0);
        world.IsAsBefore("it failed after the bake");
    }

    [Test]
    public void RollBack_WithinTheWindow_IsASwitchWithoutInstallGateOrBake()
    {
        World world = Live(_ => { });
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Configure = pipeline => pipeline.UseBlueGreen(Careful);
        int effects = world.Target.Transcript.Count;
        DateTimeOffset begin = world.Time.Clock.GetUtcNow();

        world.Time.Run(() => world.Pipeline().RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Target.Transcript.Skip(effects).Should().Equal("route shop_1.0.0_1=100");
        (world.Time.Clock.GetUtcNow() - begin).Should().BeLessThan(TimeSpan.FromMinutes(1));
    }

    [Test]
    public void Build_OptionsOutOfRange_AllAreNamed() => FluentActions.Invoking(() => new World
    {
        Configure = pipeline => pipeline.UseBlueGreen(options =>
        {
            options.BakeTime = TimeSpan.FromDays(8);
            options.Promotion = new ManualGate { Role = "", Timeout = TimeSpan.FromDays(31) };
        }),
    }.Pipeline()).Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal(
        "Blue-green's BakeTime is 8.00:00:00; it must be 0 to 7 days.",
        "Blue-green's Promotion needs a role of 1 to 60 characters on one line, such as 'approver'.",
        "Blue-green's Promotion has the time-out 31.00:00:00; it must be more than 0 and at most 30 days, or null for ever.");

    private static void Careful(BlueGreenOptions options)
    {
        options.Promotion = new ManualGate { Role = "release manager", Timeout = TimeSpan.FromHours(8) };
        options.BakeTime = TimeSpan.FromMinutes(15);
    }

    private static World Live(Action<BlueGreenOptions> configure, FakeCapabilities capabilities = FakeCapabilities.All)
    {
        var world = new World { Target = new FakeTarget("web", capabilities) };
        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Configure = pipeline => pipeline.UseBlueGreen(configure);
        world.Record();
        return world;
    }

    private static ScriptedCheck Watch(World world, Func<int, Verdict>? verdict = null) => CanaryWorld.Watch(world, verdict);
}
