using Deployment.Analysis;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Analysis;

/// <summary>A release is watched on after its run, by runs of their own that survive their host.</summary>
[Category("Unit")]
public sealed class ExtendedWatchTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    [Test]
    public void Plan_SaysThatItIsWatchedOn()
    {
        Watched watched = Extended(TimeSpan.FromHours(24));

        Runbook plan = watched.World.Time.Run(() => watched.World.Pipeline().PlanAsync(World.Version("1.1.0")));

        plan.ToMarkdown().Should().Contain("- For 1 d after success, `shop_1.1.0_1` on `web` is looked at again every 10 min, as long as it takes traffic; when a rule is found that goes back, the whole deployment goes back. The host does it by `CompleteAsync`.");
    }

    [Test]
    public void Complete_NothingIsFound_LooksAgainAndAgainUntilTheTimeIsOver()
    {
        Watched watched = Extended(TimeSpan.FromHours(1));
        watched.Deploy();

        for (int look = 1; look <= 6; look++)
        {
            watched.World.Time.Clock.Advance(Interval);
            Complete(watched).Where(result => result.Runbook.Kind == RunKind.Watch).Should().ContainSingle($"look {look}").Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        }

        watched.World.Time.Clock.Advance(Interval);
        Complete(watched).Should().BeEmpty("an hour is over");
        Runs(watched, RunKind.Watch).Should().HaveCount(6).And.OnlyContain(run => run.Outcome == DeploymentOutcome.Succeeded);
        watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
    }

    [Test]
    public void Complete_NotDue_LooksAtNothing()
    {
        Watched watched = Extended(TimeSpan.FromHours(1));
        watched.Deploy();
        watched.World.Time.Clock.Advance(TimeSpan.FromMinutes(8));

        Complete(watched).Should().BeEmpty();
    }

    [Test]
    public void Complete_ErrorsCameBetweenTwoLooks_GoesBack()
    {
        Watched watched = Extended(TimeSpan.FromHours(1));
        watched.Deploy();
        watched.World.Time.Clock.Advance(Interval);
        Complete(watched);
        DateTimeOffset begin = watched.World.Time.Clock.GetUtcNow();
        // For two minutes, three minutes after the look before and five before the next.
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, at) => at - begin > TimeSpan.FromMinutes(3) && at - begin < TimeSpan.FromMinutes(5) ? 0.5 : 0);
        watched.World.Time.Clock.Advance(Interval);

        IReadOnlyList<DeploymentResult> results = Complete(watched);

        results.Select(result => result.Outcome).Should().Equal(DeploymentOutcome.Rejected, DeploymentOutcome.Succeeded);
        results[0].Reason.Should().StartWith("'Look back at shop_1.1.0_1' failed: error rate is above 10% within 1 min");
        results[1].Runbook.Kind.Should().Be(RunKind.RollBack);
        watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
        watched.World.Time.Clock.Advance(Interval);
        Complete(watched).Should().BeEmpty("what is gone is watched no longer");
    }

    [Test]
    public void Complete_ErrorsBeforeTheLookBefore_AreNotJudgedTwice()
    {
        Watched watched = Extended(TimeSpan.FromHours(1));
        watched.Deploy();
        DateTimeOffset deployed = watched.World.Time.Clock.GetUtcNow();
        watched.World.Time.Clock.Advance(Interval);
        Complete(watched);
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, at) => at - deployed < TimeSpan.FromMinutes(9) ? 0.5 : 0);
        watched.World.Time.Clock.Advance(Interval);

        Complete(watched).Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Complete_SlowerThanWhatWasRecordedBefore_GoesBack()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.LatencyP95.IsAboveBaselineBy(0.5)).With(options =>
        {
            options.Extended = TimeSpan.FromHours(1);
            options.CompareInExtended = true;
        }));
        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        watched.Latency = _ => 0.2;
        watched.World.Time.Clock.Advance(Interval);

        Complete(watched).Select(result => result.Outcome).Should().Equal(DeploymentOutcome.Rejected, DeploymentOutcome.Succeeded);
        watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void Complete_MetricsAreMissing_IsNotedAndLookedAgain()
    {
        Watched watched = Extended(TimeSpan.FromHours(1));
        watched.Deploy();
        watched.Source.Before((_, _, _) => throw new IOException("refused"));
        watched.World.Time.Clock.Advance(Interval);

        DeploymentResult result = Complete(watched).Single();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.CheckFailed).Which.Text.Should().Contain("refused");
        Runs(watched, RunKind.Watch).Should().Contain(run => run.State == RunState.Scheduled);
    }

    [Test]
    public void Deploy_ANewerRelease_EndsEarlierWatches()
    {
        Watched watched = Extended(TimeSpan.FromHours(24));
        watched.Deploy();

        watched.World.Deploy("1.2.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        Runs(watched, RunKind.Watch).Where(run => run.State == RunState.Scheduled).Should().ContainSingle().Which.Targets[0].Previous!.Version.Should().Be("1.2.0");
    }

    [Test]
    public void Complete_SomebodyWentBackByNow_DoesNotGoBackFurther()
    {
        Watched watched = Extended(TimeSpan.FromHours(24));
        watched.Deploy();
        watched.World.Time.Run(() => watched.World.Pipeline().RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, _) => 1);
        watched.World.Time.Clock.Advance(Interval);

        Complete(watched).Should().BeEmpty();
        watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void Complete_WhileAnotherRunHoldsTheTarget_WaitsForItsEnd()
    {
        Watched watched = Extended(TimeSpan.FromHours(24));
        watched.Deploy();
        DateTimeOffset deployed = watched.World.Time.Clock.GetUtcNow();
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, at) => at - deployed < TimeSpan.FromMinutes(5) ? 0.5 : 0);
        watched.World.Time.Clock.Advance(Interval);
        watched.World.Store.TryClaimAsync("somebody-else", ["web"], watched.World.Time.Clock.GetUtcNow(), CancellationToken.None).Result.Should().BeNull();

        Complete(watched).Should().BeEmpty("nobody knows what users will have");
        watched.World.Store.ReleaseClaimsAsync("somebody-else", CancellationToken.None).Wait();

        Complete(watched).Select(result => result.Outcome).Should().Equal(DeploymentOutcome.Rejected, DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Complete_AHostStopsInTheMidstOfALook_TheNextJudgesTheSameTime()
    {
        Watched watched = Extended(TimeSpan.FromHours(24));
        watched.Deploy();
        for (int look = 1; look <= 4; look++)
        {
            watched.World.Time.Clock.Advance(Interval);
            Complete(watched);
        }

        DateTimeOffset begin = watched.World.Time.Clock.GetUtcNow();
        watched.World.Time.Clock.Advance(Interval);
        watched.Source.Before((_, _, token) => Task.Delay(Timeout.Infinite, token));
        using (var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2), watched.World.Time.Clock))
        {
            watched.World.Time.Run(() => watched.World.Pipeline().CompleteAsync(stop.Token));
        }

        watched.Source.Before((_, _, _) => Task.CompletedTask);
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, at) => at - begin > TimeSpan.FromMinutes(3) && at - begin < TimeSpan.FromMinutes(5) ? 0.5 : 0);
        watched.World.Time.Clock.Advance(TimeSpan.FromMinutes(6));

        Complete(watched);

        watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100", "what came before the host stopped is judged as well");
    }

    [Test]
    public void Complete_AfterALookThatWasTriedAgain_LooksOn()
    {
        Watched watched = Extended(TimeSpan.FromHours(24));
        watched.Deploy();
        for (int look = 1; look <= 3; look++)
        {
            watched.World.Time.Clock.Advance(Interval);
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2), watched.World.Time.Clock);
            watched.Source.Before((_, _, token) => Task.Delay(Timeout.Infinite, token));
            watched.World.Time.Run(() => watched.World.Pipeline().CompleteAsync(stop.Token));
            watched.Source.Before((_, _, _) => Task.CompletedTask);
            watched.World.Time.Clock.Advance(TimeSpan.FromMinutes(6));
            Complete(watched).Should().ContainSingle($"look {look}").Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        }

        Runs(watched, RunKind.Watch).Should().ContainSingle(run => run.State == RunState.Scheduled);
    }

    [Test]
    public void Abort_OfALookThatIsHeld_GoesBack()
    {
        var watched = new Watched(monitor => monitor.InvestigateWhen(Metric.ErrorRate.IsAbove(0.10)).With(options => options.Extended = TimeSpan.FromHours(1)));
        watched.Deploy();
        watched.Source.Ratio(Metric.ErrorRate, 20, (_, _) => 0.5);
        watched.World.Time.Clock.Advance(Interval);

        watched.World.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = watched.World.Pipeline();
            Task<IReadOnlyList<DeploymentResult>> looking = pipeline.CompleteAsync();
            await Task.Delay(TimeSpan.FromMinutes(5), watched.World.Time.Clock);
            await pipeline.SignalAsync(Runs(watched, RunKind.Watch).Single(run => run.State == RunState.Held).Id, Signal.Abort("ada"));
            return await looking;
        });

        watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void Complete_DiesAtEveryPoint_TheNextHostGoesBackOnce()
    {
        for (int number = 1; ; number++)
        {
            Watched watched = Extended(TimeSpan.FromHours(1));
            watched.Deploy();
            watched.Source.Ratio(Metric.ErrorRate, 20, (_, _) => 0.5);
            watched.World.Time.Clock.Advance(Interval);
            var process = new SimulatedProcess(number);
            try
            {
                watched.World.Time.Run(() => watched.World.Pipeline(process).CompleteAsync());
            }
            catch (Exception) when (process.Death is not null)
            {
            }

            for (int host = 0; host < 4; host++)
            {
                watched.World.Time.Clock.Advance(TimeSpan.FromMinutes(6));
                watched.World.Time.Run(() => watched.World.Pipeline().ResumeAllAsync());
                Complete(watched);
            }

            watched.World.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100", $"died {process.Death}");
            Runs(watched, RunKind.RollBack).Should().ContainSingle(run => run.Outcome == DeploymentOutcome.Succeeded, $"died {process.Death}");
            watched.World.Store.ListClaimsAsync(CancellationToken.None).Result.Should().BeEmpty($"died {process.Death}");
            if (process.Death is null)
            {
                number.Should().BeGreaterThan(20);
                return;
            }
        }
    }

    private static Watched Extended(TimeSpan time) => new(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)).With(options => options.Extended = time));

    private static IReadOnlyList<DeploymentResult> Complete(Watched watched) => watched.World.Time.Run(() => watched.World.Pipeline().CompleteAsync());

    private static IEnumerable<RunRecord> Runs(Watched watched, RunKind kind) => watched.World.Runs().Where(run => run.Kind == kind);
}
