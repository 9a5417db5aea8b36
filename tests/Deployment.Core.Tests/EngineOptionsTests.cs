using Deployment.Store;
using Deployment.Tests.Execution;

namespace Deployment.Tests;

[Category("Unit")]
public sealed class EngineOptionsTests
{
    [Test]
    public void Build_OptionsAreChangedAfterwards_ChangesNothing()
    {
        var world = new World();
        world.Deploy("1.0.0");
        EngineOptions? options = null;
        using var cancel = new CancellationTokenSource();
        world.Configure = pipeline => pipeline.UseStrategy(PlanStrategy.Shifting(10, 100)).ConfigureEngine(engine => options = engine);
        DeploymentPipeline pipeline = world.Pipeline();

        options!.OnCancellation = CancellationPolicy.Detach;
        options.SignalInterval = TimeSpan.FromDays(5);
        DeploymentResult result = world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"), cancel.Token);
            await Task.Delay(TimeSpan.FromSeconds(2), world.Time.Clock);
            await pipeline.SignalAsync(world.RunOf("1.1.0")!.Id, Signal.Promote("ada"));
            await Task.Delay(TimeSpan.FromSeconds(2), world.Time.Clock);
            cancel.Cancel();
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, "it was built to go back when it is cancelled");
        world.Target.Splits.Select(split => split.ShareOf(new("shop", "1.1.0", 1))).Should().Equal([0, 10, 100, 0], "the promotion was taken at the interval that it was built with");
    }
}
