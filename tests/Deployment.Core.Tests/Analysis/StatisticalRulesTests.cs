using Deployment.Analysis;
using Deployment.Store;

namespace Deployment.Tests.Analysis;

/// <summary>The rules of Deployment.Analysis in a watch: 20 requests a second of each release.</summary>
[Category("Unit")]
public sealed class StatisticalRulesTests
{
    private static readonly ComparisonOptions ErrorsAndLatency = new() { Metrics = [new ComparedMetric(Metric.ErrorRate), new ComparedMetric(Metric.LatencyP95)] };

    [Test]
    public void Canary_WithMoreErrorsThanTheOldRelease_GoesBackWithinAMinute()
    {
        Watched watched = Canary(Metric.ErrorRate.IsWorseThanBaseline());
        watched.Errors = version => version == "1.1.0" ? 0.05 : 0.005;

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        Watched.Took(result, JournalEntryKind.CheckStarted, JournalEntryKind.CheckFailed, "bake").Should().BeLessThan(TimeSpan.FromSeconds(60));
        JournalEntry verdict = Failure(result);
        verdict.Text.Should().StartWith("error rate is worse than the baseline's, with false alarms of 1%: ").And.Contain("; it reached 200, from which on the release is called worse, at 2030-01-01 ");
        verdict.Detail!["judge"].Should().Be("sequential comparison");
        verdict.Detail["value"].Should().Be("5%");
        verdict.Detail["threshold"].Should().Be("200", "1% over the watches of two steps");
        double.Parse(verdict.Detail["e-value"], System.Globalization.CultureInfo.InvariantCulture).Should().BeGreaterThanOrEqualTo(200);
    }

    [Test]
    public void Canary_WithTheErrorsOfTheOldRelease_Succeeds()
    {
        Watched watched = Canary(Metric.ErrorRate.IsWorseThanBaseline());
        watched.Errors = _ => 0.05;

        watched.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Canary_SlowerThanTheOldRelease_GoesBackAfterTheWarmUp()
    {
        Watched watched = Canary(Metric.LatencyP95.IsWorseThanBaseline());
        watched.Latency = version => version == "1.1.0" ? 0.5 : 0.1;

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        Watched.Took(result, JournalEntryKind.CheckStarted, JournalEntryKind.CheckFailed, "bake").Should().BeGreaterThan(TimeSpan.FromSeconds(30)).And.BeLessThan(TimeSpan.FromSeconds(60));
        Failure(result).Text.Should().Contain("above 107.635 ms for latency p95");
    }

    /// <summary>Latency doesn't count in the warm-up, and has no samples then: errors that many see are not waited for.</summary>
    [Test]
    public void Canary_OfSeveralMetrics_OneInItsWarmUp_IsStillJudgedByTheOthers()
    {
        Watched watched = Canary(Metrics.AnyIsWorseThanBaseline([Metric.ErrorRate, Metric.LatencyP95]));
        watched.Errors = version => version == "1.1.0" ? 1 : 0;

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        Watched.Took(result, JournalEntryKind.CheckStarted, JournalEntryKind.CheckFailed, "bake").Should().BeLessThan(TimeSpan.FromSeconds(15));
    }

    /// <summary>The old release has no users any more: what it did was recorded before.</summary>
    [TestCase(0.05, DeploymentOutcome.RolledBack)]
    [TestCase(0.005, DeploymentOutcome.Succeeded)]
    public void BlueGreen_ComparedWithWhatWasRecorded_GoesBackWhenItIsWorse(double errors, DeploymentOutcome outcome)
    {
        foreach (MetricRule rule in new[] { Metric.ErrorRate.FailsFisherTest(afterEvents: 1000), Metrics.FailComparison(ErrorsAndLatency) })
        {
            var watched = new Watched(monitor => monitor.RollBackWhen(rule), bake: TimeSpan.FromMinutes(6)) { Errors = version => version == "1.1.0" ? errors : 0.005 };

            DeploymentResult result = watched.Deploy();

            result.Outcome.Should().Be(outcome, result.Reason);
        }
    }

    /// <summary>Between the scores the release goes on being watched, and a person decides at the end.</summary>
    [Test]
    public void BlueGreen_WithAMarginalScore_IsHeldAtTheEnd()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metrics.FailComparison(ErrorsAndLatency with { Marginal = 40 })), bake: TimeSpan.FromMinutes(6)) { Latency = version => version == "1.1.0" ? 0.5 : 0.1 };

        DeploymentResult result = watched.World.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = watched.World.Pipeline();
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Deployment.Tests.Execution.World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromMinutes(10), watched.World.Time.Clock);
            await pipeline.SignalAsync(watched.World.RunOf("1.1.0")!.Id, Signal.Promote("ada"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.Held).Which.Text.Should().Contain("The score is 50 of 100, marginal: it takes 95 to pass");
    }

    /// <summary>A metric that may lack data is left out, where one that must have some keeps the release from passing.</summary>
    [TestCase(false, DeploymentOutcome.Succeeded)]
    [TestCase(true, DeploymentOutcome.RolledBack)]
    public void BlueGreen_OfAMetricWithoutSamples_PassesWhereItMayLackThem(bool mustHaveData, DeploymentOutcome outcome)
    {
        ComparisonOptions options = ErrorsAndLatency with { Metrics = [.. ErrorsAndLatency.Metrics, new ComparedMetric(Metric.Memory) { MustHaveData = mustHaveData }] };
        var watched = new Watched(monitor => monitor.RollBackWhen(Metrics.FailComparison(options)).With(with => with.OnMissingData = MissingDataAction.RollBack), bake: TimeSpan.FromMinutes(6));
        watched.Source.Samples(Metric.Memory, (_, _, _) => []);

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(outcome, result.Reason);
    }

    private static JournalEntry Failure(DeploymentResult result) => result.Log.Entries.Single(entry => entry.Kind == JournalEntryKind.CheckFailed);

    private static Watched Canary(MetricRule rule) => new(
        monitor => monitor.RollBackWhen(rule),
        strategy: pipeline => pipeline.UseCanary(canary =>
        {
            canary.Steps = [50, 100];
            canary.BakeTime = TimeSpan.FromMinutes(5);
        }));
}
