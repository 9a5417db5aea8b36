using Deployment.Store;

namespace Deployment.Tests.Execution;

/// <summary>What a process says that may not drive its run any more: why, and not that something was cancelled.</summary>
[Category("Unit")]
public sealed class LostDriverTests
{
    [Test]
    public void Deploy_TakenOverDuringAnEffectThatHonoursItsToken_SaysThatTheLeaseIsLost()
    {
        var world = new World();
        world.Deploy("1.0.0");
        bool first = true;
        world.Target.Before = async (effect, cancellationToken) =>
        {
            if (effect.Number == 3 && first)
            {
                first = false;
                await Task.Delay(TimeSpan.FromMinutes(1), world.Time.Clock, cancellationToken);
            }
        };

        world.Time.Run(async () =>
        {
            Task<DeploymentResult> sleeper = world.Pipeline().DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock);
            await world.Pipeline().ResumeAsync(world.RunOf("1.1.0")!.Id, force: true);

            await FluentActions.Awaiting(() => sleeper).Should().ThrowAsync<LeaseLostException>();
        });
    }

    [Test]
    public void Deploy_TakenOverAndTheTargetRefuses_SaysThatTheLeaseIsLost()
    {
        var world = new World();
        world.Deploy("1.0.0");
        bool first = true;
        world.Target.Before = async (effect, _) =>
        {
            if (effect.Number == 3 && first)
            {
                first = false;
                await Task.Delay(TimeSpan.FromMinutes(1), world.Time.Clock, CancellationToken.None);
                throw new DeploymentException("The epoch is over.");
            }
        };

        world.Time.Run(async () =>
        {
            Task<DeploymentResult> sleeper = world.Pipeline().DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock);
            await world.Pipeline().ResumeAsync(world.RunOf("1.1.0")!.Id, force: true);

            await FluentActions.Awaiting(() => sleeper).Should().ThrowAsync<LeaseLostException>();
        });
    }

    [Test]
    public void Deploy_DiskFillsUpDuringAnEffect_SaysWhatTheDiskSaidAndNotThatAnotherDrives()
    {
        var world = new World();
        var disk = new LosingDisk(new Random(1));
        world.Target.Before = async (_, cancellationToken) =>
        {
            disk.IsFull = true;
            await Task.Delay(TimeSpan.FromMinutes(1), world.Time.Clock, cancellationToken);
        };
        DeploymentPipeline pipeline = world.Pipeline(more: builder => builder.UseStore(disk.OpenStore(world.Time.Clock)));

        world.Time.Run(() => FluentActions.Awaiting(() => pipeline.DeployAsync(World.Version("1.0.0")))
            .Should().ThrowAsync<DeploymentException>().WithMessage("*No space left on device*"));

        disk.IsFull = false;
        world.Target.Before = null;
        world.Time.Run(() => pipeline.ResumeAllAsync()).Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }
}
