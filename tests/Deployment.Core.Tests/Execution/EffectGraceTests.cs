using Deployment.Store;

namespace Deployment.Tests.Execution;

/// <summary>How long an effect that runs when the run is aborted may go on.</summary>
[Category("Unit")]
public sealed class EffectGraceTests
{
    /// <summary>Ten seconds to finish, then it is cancelled and has ten seconds more to tidy up.</summary>
    [TestCase(10, 9.5)]
    [TestCase(10, 0)]
    [TestCase(0, 0)]
    public void Abort_EffectThatTidiesUpWhenCancelled_IsCancelledAfterTheGraceAndWaitedFor(double graceSeconds, double tidySeconds)
    {
        var world = new World();
        world.Deploy("1.0.0");
        var grace = TimeSpan.FromSeconds(graceSeconds);
        var tidy = TimeSpan.FromSeconds(tidySeconds);
        bool isTidy = false;
        DateTimeOffset cancelled = default;
        world.Configure = pipeline => pipeline.UseBlueGreen(options => options.Retry = new() { Timeout = TimeSpan.FromHours(2) }).ConfigureEngine(engine => engine.AbortGrace = grace);
        world.Target.Before = async (effect, cancellationToken) =>
        {
            if (effect.Number != 3)
            {
                return;
            }

            try
            {
                await Task.Delay(TimeSpan.FromHours(1), world.Time.Clock, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                cancelled = world.Time.Clock.GetUtcNow();
                await Task.Delay(tidy, world.Time.Clock, CancellationToken.None);
                isTidy = true;
                throw;
            }
        };
        DateTimeOffset aborted = default;

        DeploymentResult result = world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = world.Pipeline();
            Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(2), world.Time.Clock);
            aborted = world.Time.Clock.GetUtcNow();
            await pipeline.SignalAsync(world.RunOf("1.1.0")!.Id, Signal.Abort("ada", "enough"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        result.Reason.Should().Be("Abort by ada: enough");
        isTidy.Should().BeTrue("the run went back after the effect had ended");
        (cancelled - aborted).Should().BeCloseTo(grace, TimeSpan.FromSeconds(1));
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.StepFailed).Which.Text.Should().Be("It was stopped before it finished.");
        world.Target.Now.Revisions.Should().ContainSingle();
    }
}
