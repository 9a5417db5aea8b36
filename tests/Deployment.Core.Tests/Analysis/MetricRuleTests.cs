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
