using Deployment.Analysis;
using Deployment.Store;

namespace Deployment.Tests.Analysis;

/// <summary>Several hosts on one store, and persons who take their time.</summary>
[Category("Unit")]
public sealed class ExtendedWatchHostsTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>One sees that the bad release has no traffic any more while the other, which took it away, is still about it.</summary>
    [Test]
    public void Complete_AnotherHostIsGoingBack_ItsRunAndItsClaimsAreLeftToIt()
    {
        Watched watched = Extended(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)));
        string deployment = watched.Deploy().RunId;
        watched.World.Time.Run(() => watched.World.Pipeline().ReportAsync(deployment, IncidentKind.DataCorruption, "ada", "orders 4711 to 4718"));
        var look = new TaskCompletionSource();
        var shifted = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        int looks = 0;
        watched.World.Looking = _ => looks++ == 0 ? look.Task : Task.CompletedTask;
        watched.World.Target.After = (_, _) =>
        {
            shifted.TrySetResult();
            return goOn.Task;
        };

        watched.World.Time.Run(async () =>
        {
            Task<IReadOnlyList<DeploymentResult>> late = watched.World.Pipeline().CompleteAsync();
            Task<IReadOnlyList<DeploymentResult>> first = watched.World.Pipeline().CompleteAsync();
            await shifted.Task;
            watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
            look.SetResult();

            (await late).Should().BeEmpty("the run is in good hands");

            WayBack(watched).State.Should().Be(RunState.Running);
            (await watched.World.Store.ListClaimsAsync(CancellationToken.None)).Should().ContainSingle().Which.RunId.Should().Be(deployment + "-watch-back");
            goOn.SetResult();
            (await first).Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        });

        WayBack(watched).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        watched.World.Store.ListClaimsAsync(CancellationToken.None).Result.Should().BeEmpty();
    }

    [Test]
    public void Complete_TwoHostsAtOnce_OneLooksAndOneGoesBack()
    {
        Watched watched = Extended(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)));
        watched.Deploy();
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, _) => 0.5);
        watched.World.Time.Clock.Advance(Interval);

        IReadOnlyList<DeploymentResult>[] results = watched.World.Time.Run(() => Task.WhenAll(watched.World.Pipeline().CompleteAsync(), watched.World.Pipeline().CompleteAsync()));

        results.SelectMany(result => result).Select(result => result.Outcome).Should().BeEquivalentTo([DeploymentOutcome.Rejected, DeploymentOutcome.Succeeded]);
        watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
        watched.World.Runs().Should().ContainSingle(run => run.Kind == RunKind.RollBack);
    }

    [Test]
    public void Complete_SomebodyWentBackByHand_EndsTheWayBackAndSaysWhy()
    {
        Watched watched = Extended(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)));
        string deployment = watched.Deploy().RunId;
        watched.World.Time.Run(() => watched.World.Pipeline().ReportAsync(deployment, IncidentKind.DataCorruption, "ada", "orders 4711 to 4718"));
        watched.World.Target.Seed(new Deployment.Releases.Revision(new Deployment.Releases.RevisionId("shop", "1.0.0", 1), Execution.World.Version("1.0.0")));

        FluentActions.Invoking(() => Complete(watched)).Should().Throw<DeploymentException>().WithMessage($"*What run {deployment} brought takes no traffic any more*");

        RunRecord back = WayBack(watched);
        back.Outcome.Should().Be(DeploymentOutcome.Rejected);
        back.Reason.Should().Be($"DataCorruption reported by ada: orders 4711 to 4718. What run {deployment} brought takes no traffic any more, so nobody needs to go back from it.");
        Complete(watched).Should().BeEmpty();
    }

    /// <summary>Out of reach is not out of the way.</summary>
    [Test]
    public void Complete_TheTargetCannotBeReached_GoesBackWhenItCan()
    {
        Watched watched = Extended(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)));
        string deployment = watched.Deploy().RunId;
        watched.World.Time.Run(() => watched.World.Pipeline().ReportAsync(deployment, IncidentKind.DataCorruption, "ada", "orders 4711 to 4718"));
        watched.World.Looking = _ => throw new DeploymentException("The machine is down.");
        FluentActions.Invoking(() => Complete(watched)).Should().Throw<DeploymentException>().WithMessage("*The machine is down.*");
        watched.World.Looking = _ => Task.CompletedTask;

        Complete(watched).Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);

        watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    /// <summary>The way back looks twice: once by itself, and once as it is planned.</summary>
    [TestCase(1)]
    [TestCase(2)]
    public void Complete_TheTargetDropsOutAsTheWayBackIsPlanned_GoesBackWhenItCan(int failing)
    {
        Watched watched = Extended(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)));
        string deployment = watched.Deploy().RunId;
        watched.World.Time.Run(() => watched.World.Pipeline().ReportAsync(deployment, IncidentKind.DataCorruption, "ada", "orders 4711 to 4718"));
        int looks = 0;
        watched.World.Looking = _ => ++looks == failing ? throw new DeploymentException("The machine is down.") : Task.CompletedTask;
        FluentActions.Invoking(() => Complete(watched)).Should().Throw<DeploymentException>().WithMessage("*The machine is down.*");
        WayBack(watched).State.Should().Be(RunState.Scheduled);

        Complete(watched).Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);

        watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void Complete_ALookIsHeld_RetirementsAreNotKeptWaiting()
    {
        Watched watched = Extended(monitor => monitor.InvestigateWhen(Metric.ErrorRate.IsAbove(0.10)));
        watched.Deploy();
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, _) => 0.5);
        watched.World.Time.Clock.Advance(TimeSpan.FromHours(25));
        watched.World.Target.Now.Revisions.Should().HaveCount(2);

        IReadOnlyList<DeploymentResult> results = watched.World.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = watched.World.Pipeline();
            Task<IReadOnlyList<DeploymentResult>> completing = pipeline.CompleteAsync();
            await Task.Delay(TimeSpan.FromMinutes(5), watched.World.Time.Clock);
            watched.World.Target.Now.Revisions.Should().ContainSingle("nobody has decided about the look, and the old revision is retired all the same");
            RunRecord held = watched.World.Runs().Single(run => run.State == RunState.Held);
            await pipeline.SignalAsync(held.Id, Signal.Promote("ada"));
            return await completing;
        });

        results.Select(result => (result.Runbook.Kind, result.Outcome)).Should().Equal((RunKind.Retire, DeploymentOutcome.Succeeded), (RunKind.Watch, DeploymentOutcome.Succeeded));
    }

    /// <summary>What a process left in the midst of a look is no scheduled run any more.</summary>
    [Test]
    public void Complete_AHostDiedInALook_OnlyResumeGoesOnWithIt()
    {
        Watched watched = Extended(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)));
        watched.Deploy();
        watched.World.Time.Clock.Advance(Interval);
        var process = new SimulatedProcess();
        FluentActions.Invoking(() => watched.World.Time.Run(() => watched.World.Pipeline(process, more: pipeline => pipeline.ReportTo(new Execution.KillOn(process, entry => entry.Kind == JournalEntryKind.CheckStarted))).CompleteAsync()))
            .Should().Throw<Exception>();
        watched.World.Time.Clock.Advance(Interval);

        Complete(watched).Should().BeEmpty();

        watched.World.Runs().Should().ContainSingle(run => run.Kind == RunKind.Watch).Which.State.Should().Be(RunState.Running);
        watched.World.Time.Run(() => watched.World.Pipeline().ResumeAllAsync()).Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    private static RunRecord WayBack(Watched watched) => watched.World.Runs().Single(run => run.Kind == RunKind.RollBack);

    private static IReadOnlyList<DeploymentResult> Complete(Watched watched) => watched.World.Time.Run(() => watched.World.Pipeline().CompleteAsync());

    private static Watched Extended(Action<MonitorBuilder> monitor) => new(builder => monitor(builder.With(options => options.Extended = TimeSpan.FromHours(48))));
}
