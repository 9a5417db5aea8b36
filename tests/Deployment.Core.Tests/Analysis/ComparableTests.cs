using Deployment.Analysis;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Analysis;

/// <summary>Only what can be compared is: amounts beside a canary that takes another share of the traffic can't.</summary>
[Category("Unit")]
public sealed class ComparableTests
{
    private static readonly MetricRule LessTraffic = Metric.RequestRate.IsBelowBaselineBy(0.5);
    private static readonly Metric Lost = Metric.Increase("payments lost");

    [Test]
    public void Canary_OfATenth_IsNotComparedByAmounts_AndThePlanSaysSo()
    {
        Watched watched = Canary([10, 100], monitor => monitor.RollBackWhen(LessTraffic).RollBackWhen(Lost.IsAboveBaselineBy(0.5)).RollBackWhen(Metric.ErrorRate.IsAboveBaselineByDifference(0.05)));

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        CheckStep[] watches = [.. result.Runbook.Steps.OfType<CheckStep>().Where(step => step.Check == "watch")];
        watches[0].Expected.Should().EndWith("Left out: request rate is more than 50% below the baseline within 1 min: request rate depends on how much traffic a release takes, and at this step the baseline takes another share; "
            + "payments lost is more than 50% above the baseline within 1 min: payments lost depends on how much traffic a release takes, and at this step the baseline takes another share.");
        watches[0].Expected.Should().Contain("error rate is more than 5 percentage points above the baseline");
        watches[1].Expected.Should().NotContain("Left out", "under all traffic it is compared with what was recorded");
    }

    [Test]
    public void Canary_WhoseUsersAreGoneUnderAllTraffic_GoesBackThen()
    {
        Watched watched = Canary([10, 100], monitor => monitor.RollBackWhen(LessTraffic), collapse: true);

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        result.Reason.Should().StartWith("'Bake at 100%' failed: request rate is more than 50% below the baseline");
    }

    [Test]
    public void Canary_OfAHalf_IsComparedByAmounts()
    {
        Watched watched = Canary([50, 100], monitor => monitor.RollBackWhen(LessTraffic), collapse: true);

        DeploymentResult result = watched.Deploy();

        result.Runbook.Steps.OfType<CheckStep>().First(step => step.Check == "watch").Subject.SharesAreEqual.Should().BeTrue();
        result.Reason.Should().StartWith("'Bake at 50%' failed: request rate is more than 50% below the baseline");
    }

    [Test]
    public void GrowsWithTraffic_AmountsDo_SharesAndTimesDoNot()
    {
        new[] { Metric.RequestRate, Metric.Throughput, Metric.Network, Metric.ActiveConnections, Metric.Restarts, Lost, Metric.Level("queue", MetricUnit.Count), Metric.Level("heap", MetricUnit.Bytes) }
            .Should().OnlyContain(metric => metric.GrowsWithTraffic);
        new[] { Metric.ErrorRate, Metric.LatencyP95, Metric.Cpu, Metric.Memory, Metric.Disk, Metric.Level("age of the oldest message", MetricUnit.Seconds) }
            .Should().NotContain(metric => metric.GrowsWithTraffic);
    }

    /// <summary>A query that lacks the revision is one for both: whatever it answers, the release is as good as itself.</summary>
    [Test]
    public void Canary_OneQueryForBothReleases_IsHeld()
    {
        Cpu(source => source).Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        Watched same = Cpu(source => new OneQuery(source));

        DeploymentResult result = Aborted(same);

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.Held).Which.Text.Should()
            .Contain("could not read CPU of shop_1.1.0_1 on web: one query was asked the same for the release and for its baseline, `avg(cpu)`, so that the release would be compared with itself: let the query name the revision.");
    }

    private static DeploymentResult Aborted(Watched watched) => watched.World.Time.Run(async () =>
    {
        DeploymentPipeline pipeline = watched.World.Pipeline();
        Task<DeploymentResult> deploying = pipeline.DeployAsync(Deployment.Tests.Execution.World.Version("1.1.0"));
        await Task.Delay(TimeSpan.FromHours(1), watched.World.Time.Clock);
        await pipeline.SignalAsync(watched.World.RunOf("1.1.0")!.Id, Signal.Abort("ada"));
        return await deploying;
    });

    private static Watched Cpu(Func<IMetricSource, IMetricSource> wrap)
    {
        Watched? made = null;
        return made = Canary([50, 100], monitor => monitor.From(wrap(new FakeMetricSource(made!.World.Time.Clock).Level(Metric.Cpu, (_, _) => 0.2))).RollBackWhen(Metric.Cpu.IsAboveBaselineBy(0.1)));
    }

    private static Watched Canary(int[] steps, Action<MonitorBuilder> monitor, bool collapse = false)
    {
        var watched = new Watched(
            monitor,
            strategy: pipeline => pipeline.UseCanary(canary =>
            {
                canary.Steps = [steps[0], steps[1]];
                canary.BakeTime = TimeSpan.FromMinutes(3);
            }));
        // 100 a second come, and each release has its share of them.
        double Share(MetricSubject subject) => watched.World.Target.Now.Traffic.ShareOf(subject.Revision) * (collapse && subject.Revision.Version == "1.1.0" ? 0.1 : 1);
        foreach (Metric metric in new[] { Metric.RequestRate, Lost })
        {
            watched.Source.Samples(metric, (subject, from, until) => until > from ? [MetricSample.Counted(from, until, Share(subject) * (until - from).TotalSeconds)] : []);
        }

        return watched;
    }

    private sealed class OneQuery(IMetricSource source) : IMetricSource
    {
        public string Name => "one query";

        public bool Measures(Metric metric, MetricSubject subject) => source.Measures(metric, subject);

        public IReadOnlyList<string> Commands(Metric metric, MetricSubject subject) => [];

        public IMetricFeed Open(Metric metric, MetricSubject subject, DateTimeOffset since) => new Feed(source.Open(metric, subject, since));

        private sealed class Feed(IMetricFeed feed) : IMetricFeed
        {
            public string Query => "avg(cpu)";

            public Task<IReadOnlyList<MetricSample>> ReadAsync(CancellationToken cancellationToken) => feed.ReadAsync(cancellationToken);
        }
    }
}
