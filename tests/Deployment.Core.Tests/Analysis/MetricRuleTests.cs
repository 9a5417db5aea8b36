using Deployment.Analysis;

namespace Deployment.Tests.Analysis;

[Category("Unit")]
public sealed class MetricRuleTests
{
    private static readonly MetricRule Rule = Metric.ErrorRate.IsAbove(0.1);

    [Test]
    public void ToString_SaysAllThatIsNotUsual()
    {
        Rule.ToString().Should().Be("error rate is above 10% within 1 min, judged from 50 samples on");
        Metric.Cpu.IsAbove(0.8).ToString().Should().Be("CPU is above 80% within 1 min");
        (Rule with { Window = null, MinimumSamples = 1 }).ToString().Should().Be("error rate is above 10%");
        (Rule with { Window = TimeSpan.FromMinutes(5), For = TimeSpan.FromSeconds(30), Failures = 3, Looks = 5 }).ToString()
            .Should().Be("error rate is above 10% within 5 min for 30 s at 3 of 5 looks, judged from 50 samples on");
    }

    [TestCase(0.5, 50)]
    [TestCase(0.05, 200)]
    [TestCase(0.95, 200)]
    [TestCase(0.99, 1000)]
    [TestCase(0.999, 10_000)]
    [TestCase(0.9999999, 1_000_000)]
    public void MinimumSamples_OfAQuantile_LeaveTenBeyondIt(double quantile, int samples) => Metric.Latency(quantile).IsAbove(1).MinimumSamples.Should().Be(samples);

    [Test]
    public void ToString_OfADifference_SaysPointsOfARatio()
    {
        Metric.ErrorRate.IsAboveBaselineByDifference(0.05).ToString().Should().StartWith("error rate is more than 5 percentage points above the baseline");
        Metric.Ratio("answers in time", MetricDirection.LowerIsWorse).IsBelowBaselineByDifference(0.005).ToString().Should().StartWith("answers in time is more than 0.5 percentage points below the baseline");
        Metric.LatencyP95.IsAboveBaselineByDifference(0.2).ToString().Should().StartWith("latency p95 is more than 200 ms above the baseline");
        Metric.Increase("payments lost").IsAboveBaselineByDifference(2).ToString().Should().StartWith("payments lost is more than 2/s above the baseline");
    }

    [Test]
    public void Problems_AtTheEdges_AreNone()
    {
        (Rule with { Window = TimeSpan.FromSeconds(1), For = TimeSpan.FromHours(24), MinimumSamples = 1_000_000, Looks = 1000, Failures = 1000 }).Problems().Should().BeEmpty();
        (Rule with { Window = TimeSpan.FromHours(24), MinimumSamples = 1, Looks = 1, Failures = 1 }).Problems().Should().BeEmpty();
        (Rule with { Window = null }).Problems().Should().BeEmpty();
    }

    [Test]
    public void Problems_SeveralAtOnce_AreAllTold() =>
        (Rule with { Window = TimeSpan.FromMilliseconds(999), For = TimeSpan.FromSeconds(-1), MinimumSamples = 0, Looks = 3, Failures = 4 }).Problems().Should().Equal(
            "The rule 'error rate is above 10%' has a window of 00:00:00.9990000; it must be 1 s to 24 h.",
            "The rule 'error rate is above 10%' asks for 0 samples; it must be 1 to 1,000,000.",
            "The rule 'error rate is above 10%' counts after -00:00:01; it must be 0 to 24 h.",
            "The rule 'error rate is above 10%' counts at 4 of 3 looks; there must be 1 to 1,000 looks, and 1 to as many failures.");

    [Test]
    public void Problems_BeyondEachEdge_AreTold()
    {
        TimeSpan tooLong = TimeSpan.FromHours(24) + TimeSpan.FromTicks(1);
        MetricRule[] rules =
        [
            Rule with { Window = tooLong }, Rule with { For = tooLong }, Rule with { MinimumSamples = 1_000_001 },
            Rule with { Looks = 1001 }, Rule with { Looks = 0, Failures = 0 }, Rule with { Failures = 0 }, new MetricRule(new Blind()),
        ];

        rules.Should().AllSatisfy(rule => rule.Problems().Should().ContainSingle());
    }

    private sealed class Blind : MetricJudge
    {
        public override string Name => "blind";

        public override IReadOnlyList<Metric> Metrics => [];

        public override bool NeedsBaseline => false;

        public override string Condition => "something is wrong";

        public override Judgement Judge(MetricWindow window) => new(JudgementResult.Well, "Nothing is seen.");
    }
}
