using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Tests.Store;

namespace Deployment.Tests.Execution;

[Category("Unit")]
public sealed class RunLeaseTests
{
    [Test]
    public void Renew_Hangs_TheLeaseIsLostWithinTheTermAndTheEffectIsCancelled()
    {
        var world = new World();
        world.Deploy("1.0.0");
        var store = new SlowStore(world.Store, world.Time.Clock);
        world.Target.DelayAt(3, TimeSpan.FromMinutes(30), world.Time.Clock);
        world.Configure = pipeline => pipeline.UseBlueGreen(options => options.Retry = new() { Timeout = TimeSpan.FromHours(2) });

        world.Time.Run(async () =>
        {
            Task<DeploymentResult> sleeper = world.Pipeline(more: pipeline => pipeline.UseStore(store)).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock);
            store.RenewalHangs = true;
            DateTimeOffset since = world.Time.Clock.GetUtcNow();

            (await FluentActions.Awaiting(() => sleeper).Should().ThrowAsync<DeploymentException>()).WithMessage("The lease on run * could not be renewed: It was not done within*");

            (world.Time.Clock.GetUtcNow() - since).Should().BeLessThan(TimeSpan.FromSeconds(10), "by then another process may drive the run");
            world.Target.Transcript.Should().HaveCount(2);
        });
    }

    [Test]
    public void Renew_HangsDuringAnEffectThatIgnoresItsToken_TheSameProcessNeverRunsItBesideItself()
    {
        var world = new World();
        world.Deploy("1.0.0");
        var store = new SlowStore(world.Store, world.Time.Clock);
        int running = 0;
        int most = 0;
        world.Configure = pipeline => pipeline.UseBlueGreen().Step("charge", Moment.Installed, step => step.MayBeRepeated().NothingToUndo().Run(async (_, _) =>
        {
            most = Math.Max(most, ++running);
            await Task.Delay(TimeSpan.FromHours(1), world.Time.Clock, CancellationToken.None);
            running--;
        }));

        world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = world.Pipeline(more: pipeline => pipeline.UseStore(store));
            Task<DeploymentResult> first = pipeline.DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock);
            store.RenewalHangs = true;
            await FluentActions.Awaiting(() => first).Should().ThrowAsync<DeploymentException>();
            store.RenewalHangs = false;

            DeploymentResult again = await pipeline.ResumeAsync(world.RunOf("1.1.0")!.Id);

            most.Should().Be(1);
            again.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        });
    }

    [Test]
    public void ResumeAll_OfAnotherHostWhileARunIsBeingMade_LeavesItToItsMaker()
    {
        var world = new World();
        world.Deploy("1.0.0");
        var slow = new SlowStore(world.Store, world.Time.Clock) { LeaseTakes = TimeSpan.FromMilliseconds(20) };

        world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = world.Pipeline(more: pipeline => pipeline.UseStore(slow)).DeployAsync(World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromMilliseconds(5), world.Time.Clock);
            world.RunOf("1.1.0")!.State.Should().Be(RunState.Running, "it can be seen and nobody has its lease yet");
            Task<IReadOnlyList<DeploymentResult>> worker = world.Pipeline(build: "other").ResumeAllAsync();

            (await deploying).Outcome.Should().Be(DeploymentOutcome.Succeeded);
            (await worker).Should().OnlyContain(result => result.Outcome == DeploymentOutcome.Succeeded, "it may find the run ended by the time that it may take it");
        });
    }

    private sealed class SlowStore(IDeploymentStore right, TimeProvider time) : WrongStore(right)
    {
        internal bool RenewalHangs { get; set; }

        internal TimeSpan LeaseTakes { get; init; }

        public override async Task<LeaseState?> TryTakeLeaseAsync(string runId, LeaseState? seen, string holder, CancellationToken cancellationToken)
        {
            await Task.Delay(LeaseTakes, time, cancellationToken);
            return await base.TryTakeLeaseAsync(runId, seen, holder, cancellationToken);
        }

        public override Task<bool> RenewLeaseAsync(string runId, long epoch, CancellationToken cancellationToken) =>
            RenewalHangs ? new TaskCompletionSource<bool>().Task : base.RenewLeaseAsync(runId, epoch, cancellationToken);
    }
}
