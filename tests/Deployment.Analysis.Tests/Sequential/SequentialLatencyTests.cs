using System.Collections.Immutable;
using MathNet.Numerics.Distributions;

namespace Deployment.Analysis.Tests.Sequential;

/// <summary>The sequential judge of distributions: lognormal latencies around 50 ms, 20 a second, in the buckets that are usual for them.</summary>
[Category("Unit")]
public sealed class SequentialLatencyTests
{
    private static readonly ImmutableArray<double> Bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2.5];
    private static readonly Metric P95 = Metric.LatencyP95;

    [TestCase(1, JudgementResult.Well)]
    [TestCase(1.4, JudgementResult.Worse)]
    public void Judge_OfLatencies_FindsASlowerRelease(double factor, JudgementResult expected)
    {
        var random = new Random(11);
        Judgement judgement = Judge(Windows.Of(P95, Latencies(random, factor, 300), Latencies(random, 1, 300)));

        judgement.Result.Should().Be(expected);
        judgement.Figures["limit"].Should().Be(0.1, "8% of the baseline's lie above it, and none or almost none above the next");
        judgement.Value.Should().BeApproximately(judgement.BaselineValue!.Value * factor, 0.05);
        judgement.Reason.Should().Contain("above 100 ms for latency p95");
        judgement.Figures["bad share of the baseline"].Should().BeApproximately(0.083, 0.02);
    }

    /// <summary>What set the limit is counted on no side: a release that was slow then only is not worse.</summary>
    [Test]
    public void Judge_OfWhatSetTheLimit_CountsNothing()
    {
        var random = new Random(12);
        MetricSample[] slowAtFirst = [.. Latencies(random, 20, 10), .. Latencies(random, 1, 300).Skip(10)];

        Judgement judgement = Judge(Windows.Of(P95, slowAtFirst, Latencies(random, 1, 300)));

        judgement.Result.Should().Be(JudgementResult.Well);
        judgement.Size.Should().Be(289 * 20, "ten seconds of 20 events set the limit, and the last second isn't complete");
        judgement.Value.Should().BeLessThan(0.25);
    }

    [Test]
    public void Judge_BeforeTheLimitIsSet_IsInsufficient()
    {
        var random = new Random(13);

        Judgement judgement = Judge(Windows.Of(P95, Latencies(random, 1, 9), Latencies(random, 1, 9)));

        judgement.Result.Should().Be(JudgementResult.InsufficientData);
        judgement.Reason.Should().Contain("first 200 events, and it had 160");
        judgement.Value.Should().BeNull();
    }

    [Test]
    public void Judge_OfOtherBucketsOrNone_IsInsufficientAndSaysWhy()
    {
        var random = new Random(14);
        MetricSample[] usual = Latencies(random, 1, 60);
        MetricSample[] other = [.. usual.Select(sample => MetricSample.Distribution(sample.From, sample.At, new MetricHistogram([1, 2], [1, 1, 1])))];
        MetricSample[] figures = [.. usual.Select(sample => MetricSample.Figure(sample.From, sample.At, 0.08, 20))];

        Reason(other, usual).Should().Contain("latency p95 of the candidate is not measured in the buckets");
        Reason([.. usual.Take(30), .. other.Skip(30)], usual).Should().Contain("candidate is not measured");
        Reason(usual, [.. usual.Take(30), .. other.Skip(30)]).Should().Contain("baseline is not measured");
        Reason(figures, usual).Should().Contain("candidate has samples without a histogram");
        Reason(usual, figures).Should().Contain("baseline has samples without a histogram");
        Reason(usual, []).Should().Contain("60 samples of latency p95 of the candidate and 0 of the baseline");
        Reason([], usual).Should().Contain("0 samples of latency p95 of the candidate and 60 of the baseline");

        static string Reason(MetricSample[] candidate, MetricSample[] baseline)
        {
            Judgement judgement = Judge(Windows.Of(P95, candidate, baseline));
            judgement.Result.Should().Be(JudgementResult.InsufficientData);
            return judgement.Reason;
        }
    }

    private static Judgement Judge(MetricWindow window) => P95.IsWorseThanBaseline().Judge.Judge(window);

    private static MetricSample[] Latencies(Random random, double factor, int seconds) => Windows.Many(seconds, 1, 0, (from, at, _) =>
    {
        double[] counts = new double[Bounds.Length + 1];
        for (int i = 0; i < 20; i++)
        {
            double latency = factor * 0.05 * Math.Exp(Normal.Sample(random, 0, 0.5));
            counts[Bounds.Count(bound => latency > bound)]++;
        }

        return MetricSample.Distribution(from, at, new MetricHistogram(Bounds, [.. counts]));
    });
}
