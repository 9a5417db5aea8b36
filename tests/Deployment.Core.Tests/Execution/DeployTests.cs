using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Tests.Execution;

[Category("Unit")]
public sealed class DeployTests
{
    [Test]
    public void Deploy_FirstRelease_InstallsThenSwitches()
    {
        var world = new World();

        DeploymentResult result = world.Deploy("1.0.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        world.Target.Transcript.Should().Equal("install shop_1.0.0_1", "route shop_1.0.0_1=100");
        world.Runs().Should().ContainSingle().Which.State.Should().Be(RunState.Ended);
        world.Store.ListClaimsAsync(default).Result.Should().BeEmpty();
    }

    [Test]
    public void Deploy_SmokeTestFails_RemovesWhatItInstalledAndTouchesNoTraffic()
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Smoke = context => context.Subject.Candidate.Version == "1.1.0" ? Verdict.Fail("500") : Verdict.Pass("fine");

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Be("'smoke' failed: 500");
        world.Target.Transcript.Skip(2).Should().Equal("install shop_1.1.0_1", "remove shop_1.1.0_1");
        world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void Deploy_HealthFailsAfterTheSwitch_GivesTrafficBackInOneStepThenRemoves()
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Configure = pipeline => pipeline.UseBlueGreen()
            .Step("break", Moment.Shifted, step => step.Run((_, _) => throw new DeploymentException("broken")).NothingToUndo());

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        world.Target.Transcript.Skip(2).Should().Equal(
            "install shop_1.1.0_1", "route shop_1.1.0_1=100", "install shop_1.0.0_1", "route shop_1.0.0_1=100", "remove shop_1.1.0_1");
        world.Target.Now.Traffic.Should().Be(TrafficSplit.AllTo(new("shop", "1.0.0", 1)));
    }

    [Test]
    public void Deploy_NothingWasTouched_IsRejected()
    {
        var world = new World();
        world.Target.Before = null;
        world.Configure = pipeline => pipeline.UseBlueGreen().RequireApproval();
        DeploymentPipeline pipeline = world.Pipeline();

        DeploymentResult result = world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.0.0"));
            RunRecord run = world.Runs().Single();
            await pipeline.SignalAsync(run.Id, Signal.Reject("ada", "not today"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Rejected);
        result.Reason.Should().Contain("ada").And.Contain("not today");
        world.Target.Transcript.Should().BeEmpty();
    }
}
