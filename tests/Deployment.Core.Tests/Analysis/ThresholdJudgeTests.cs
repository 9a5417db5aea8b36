using System.Collections.Immutable;
using Deployment.Analysis;

namespace Deployment.Tests.Analysis;

[Category("Unit")]
public sealed class ThresholdJudgeTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);

    [TestCase(0.5, JudgementResult.Well)]
    [TestCase(0.51, JudgementResult.Worse)]
    [TestCase(0.49, JudgementResult.Well)]
    public void IsAbove_OnlyAboveTheLimit(double value, JudgementResult result) => Judge(Metric.Cpu.IsAbove(0.5), value).Result.Should().Be(result);

    [TestCase(0.5, JudgementResult.Well)]
    [TestCase(0.51, JudgementResult.Well)]
    [TestCase(0.49, JudgementResult.Worse)]
    public void IsBelow_OnlyBelowTheLimit(double value, JudgementResult result) => Judge(Metric.Cpu.IsBelow(0.5), value).Result.Should().Be(result);

    [TestCase(12, 10, JudgementResult.Well)]
    [TestCase(12.1, 10, JudgementResult.Worse)]
    [TestCase(-7.9, -10, JudgementResult.Worse)]
    [TestCase(-8.1, -10, JudgementResult.Well)]
    [TestCase(0, 0, JudgementResult.Well)]
    [TestCase(0.0001, 0, JudgementResult.Worse)]
    public void IsAboveBaselineBy_AShareOfIt(double value, double baseline, JudgementResult result) => Judge(Metric.Cpu.IsAboveBaselineBy(0.2), value, baseline).Result.Should().Be(result);

    [TestCase(8, 10, JudgementResult.Well)]
    [TestCase(7.9, 10, JudgementResult.Worse)]
    [TestCase(-12.1, -10, JudgementResult.Worse)]
    [TestCase(-11.9, -10, JudgementResult.Well)]
    [TestCase(0, 0, JudgementResult.Well)]
    [TestCase(-0.0001, 0, JudgementResult.Worse)]
    public void IsBelowBaselineBy_AShareOfIt(double value, double baseline, JudgementResult result) => Judge(Metric.Cpu.IsBelowBaselineBy(0.2), value, baseline).Result.Should().Be(result);

    // 0.7 + 0.1 is a little below 0.8 for a computer, and 0.1 + 0.2 a little above 0.3.
    [TestCase(0.8, 0.7, JudgementResult.Well)]
    [TestCase(0.3, 0.2, JudgementResult.Well)]
    [TestCase(0.8001, 0.7, JudgementResult.Worse)]
    [TestCase(0.1, 0, JudgementResult.Well)]
    [TestCase(0.11, 0, JudgementResult.Worse)]
    public void IsAboveBaselineByDifference_AtTheLimit_IsWell(double value, double baseline, JudgementResult result) =>
        Judge(Metric.Cpu.IsAboveBaselineByDifference(0.1), value, baseline).Result.Should().Be(result);

    [TestCase(0.7, 0.8, JudgementResult.Well)]
    [TestCase(0.2, 0.3, JudgementResult.Well)]
    [TestCase(0.6999, 0.8, JudgementResult.Worse)]
    [TestCase(-0.1, 0, JudgementResult.Well)]
    public void IsBelowBaselineByDifference_AtTheLimit_IsWell(double value, double baseline, JudgementResult result) =>
        Judge(Metric.Cpu.IsBelowBaselineByDifference(0.1), value, baseline).Result.Should().Be(result);

    [Test]
    public void Judge_SaysItsNumbers()
    {
        Judge(Metric.Cpu.IsAboveBaselineBy(0.5), 0.4, 0.2).Should().BeEquivalentTo(new Judgement(JudgementResult.Worse, "CPU is 40%; the baseline's is 20%, so that the limit is 30%.")
        {
            Value = 0.4,
            BaselineValue = 0.2,
            Threshold = 0.2 + (0.2 * 0.5),
            Effect = 0.2,
            Size = 1,
            BaselineSize = 1,
        });
        Judge(Metric.Cpu.IsAbove(0.5), 0.4).Should().BeEquivalentTo(new Judgement(JudgementResult.Well, "CPU is 40%; the limit is 50%.") { Value = 0.4, Threshold = 0.5, Size = 1 });
    }

    [Test]
    public void Judge_NothingWasMeasured_CannotTell()
    {
        MetricRule rule = Metric.Cpu.IsAboveBaselineBy(0.5);

        Judge(rule, null, 0.2).Should().BeEquivalentTo(new Judgement(JudgementResult.InsufficientData, "CPU has no value in this window.") { Size = 0, BaselineSize = 1 });
        Judge(rule, 0.2, null).Should().BeEquivalentTo(new Judgement(JudgementResult.InsufficientData, "CPU has no value on the baseline in this window.") { Size = 1, BaselineSize = 0 });
        Judge(Metric.Cpu.IsBelow(0.5), null).Result.Should().Be(JudgementResult.InsufficientData, "nothing is not 0");
    }

    // Six in ten minutes are as many as a minute's 0.6.
    [TestCase(1, JudgementResult.Worse, JudgementResult.Well)]
    [TestCase(0.6, JudgementResult.Well, JudgementResult.Well)]
    [TestCase(0.2, JudgementResult.Well, JudgementResult.Worse)]
    public void Increases_BesideALongerBaseline_AreComparedBySecond(double inAMinute, JudgementResult above, JudgementResult below)
    {
        MetricWindow window = Increases(inAMinute, 60, 6, 600);

        Metric.Restarts.IsAboveBaselineBy(0.2).Judge.Judge(window).Result.Should().Be(above);
        Metric.Restarts.IsBelowBaselineBy(0.2).Judge.Judge(window).Result.Should().Be(below);
        Metric.Restarts.IsAboveBaselineByDifference(0.005).Judge.Judge(window).Result.Should().Be(above);
    }

    [Test]
    public void Increases_BesideABaseline_SayWhatCameEachSecond()
    {
        MetricRule rule = Metric.Restarts.IsAboveBaselineByDifference(0.02);

        Judgement judgement = rule.Judge.Judge(Increases(3, 60, 6, 600));

        rule.Judge.Condition.Should().Be("restarts is more than 0.02/s above the baseline");
        judgement.Reason.Should().Be("restarts is 0.05/s; the baseline's is 0.01/s, so that the limit is 0.03/s.");
        judgement.Value.Should().BeApproximately(0.05, 1e-12);
        judgement.BaselineValue.Should().BeApproximately(0.01, 1e-12);
        Metric.Restarts.IsAbove(2).Judge.Judge(Increases(3, 60, 6, 600)).Reason.Should().Be("restarts is 3; the limit is 2.", "a number is compared with all that was counted");
        rule.Judge.Judge(Increases(3, 0, 6, 600)).Result.Should().Be(JudgementResult.InsufficientData, "of a moment nobody knows how many that is each second");
    }

    private static IEnumerable<TestCaseData> Conditions()
    {
        yield return new TestCaseData(Metric.ErrorRate.IsAbove(0.1), "error rate is above 10%");
        yield return new TestCaseData(Metric.RequestRate.IsBelow(5), "request rate is below 5/s");
        yield return new TestCaseData(Metric.LatencyP95.IsAboveBaselineBy(0.2), "latency p95 is more than 20% above the baseline");
        yield return new TestCaseData(Metric.LatencyP95.IsAboveBaselineByDifference(0.2), "latency p95 is more than 200 ms above the baseline");
        yield return new TestCaseData(Metric.RequestRate.IsBelowBaselineBy(0.255), "request rate is more than 25.5% below the baseline");
        yield return new TestCaseData(Metric.RequestRate.IsBelowBaselineByDifference(3), "request rate is more than 3/s below the baseline");
    }

    [TestCaseSource(nameof(Conditions))]
    public void Condition_NamesTheNumberInItsUnit(MetricRule rule, string condition)
    {
        rule.Judge.Condition.Should().Be(condition);
        rule.Judge.NeedsBaseline.Should().Be(condition.Contains("baseline", StringComparison.Ordinal));
        rule.Judge.NeedsLiveBaseline.Should().BeFalse();
    }

    // All events of a side lie in one bucket; their bounds are 100, 110, 250 and 500 ms. A quantile may lie anywhere in its bucket.
    [TestCase(0, 0, 0.2, JudgementResult.InsufficientData)]
    [TestCase(1, 1, 0.2, JudgementResult.Well)]
    [TestCase(1, 1, 0.05, JudgementResult.InsufficientData)]
    [TestCase(2, 2, 0.2, JudgementResult.InsufficientData)]
    [TestCase(2, 2, 1.28, JudgementResult.Well)]
    [TestCase(2, 1, 0.2, JudgementResult.InsufficientData)]
    [TestCase(3, 1, 0.2, JudgementResult.Worse)]
    [TestCase(3, 2, 0.2, JudgementResult.InsufficientData)]
    [TestCase(3, 2, 4, JudgementResult.Well)]
    [TestCase(2, 3, 0.2, JudgementResult.Well)]
    [TestCase(4, 1, 0.2, JudgementResult.Worse)]
    [TestCase(4, 3, 0.2, JudgementResult.InsufficientData)]
    [TestCase(4, 4, 0.2, JudgementResult.InsufficientData)]
    [TestCase(3, 4, 0.2, JudgementResult.Well)]
    public void IsAboveBaselineBy_BucketsThatCanNotTell_AreInsufficient(int candidate, int baseline, double share, JudgementResult result) =>
        JudgeBuckets(Metric.LatencyP95.IsAboveBaselineBy(share), candidate, baseline).Result.Should().Be(result);

    [TestCase(2, 2, 0.2, JudgementResult.InsufficientData)]
    [TestCase(1, 1, 0.2, JudgementResult.Well)]
    [TestCase(1, 2, 0.2, JudgementResult.InsufficientData)]
    [TestCase(1, 3, 0.2, JudgementResult.Worse)]
    [TestCase(3, 2, 0.2, JudgementResult.Well)]
    [TestCase(4, 2, 0.2, JudgementResult.Well)]
    [TestCase(3, 4, 0.2, JudgementResult.InsufficientData)]
    [TestCase(2, 4, 0.2, JudgementResult.Worse)]
    [TestCase(4, 4, 0.2, JudgementResult.InsufficientData)]
    public void IsBelowBaselineBy_BucketsThatCanNotTell_AreInsufficient(int candidate, int baseline, double share, JudgementResult result) =>
        JudgeBuckets(Metric.LatencyP95.IsBelowBaselineBy(share), candidate, baseline).Result.Should().Be(result);

    // 9% wide, as the local router's.
    [TestCase(1, JudgementResult.Well)]
    [TestCase(1.3, JudgementResult.Worse)]
    public void IsAboveBaselineBy_BucketsThatAreFineEnough_AreJudged(double times, JudgementResult result)
    {
        double[] bounds = [.. Enumerable.Range(0, 40).Select(eighth => 0.05 * Math.Pow(2, eighth / 8d))];
        MetricSeries Of(double size) => new(Metric.LatencyP95, [MetricSample.Distribution(Begin, Begin + TimeSpan.FromSeconds(1), new MetricHistogram([.. bounds], [.. Enumerable.Range(0, 41).Select(index => index == Array.FindIndex(bounds, bound => size <= bound) ? 100d : 0)]))]);
        ImmutableDictionary<string, MetricSeries> Side(double size) => ImmutableDictionary<string, MetricSeries>.Empty.Add(Metric.LatencyP95.Name, Of(size));
        for (double size = 0.06; size < 0.5; size *= 1.01)
        {
            Judgement judgement = Metric.LatencyP95.IsAboveBaselineBy(0.10).Judge.Judge(new MetricWindow(Begin, Begin + TimeSpan.FromMinutes(1), Side(size * times), Side(size)));
            judgement.Result.Should().Be(result, $"{size}: {judgement.Reason}");
        }
    }

    [TestCase(0.4, JudgementResult.Worse)]
    [TestCase(0.5, JudgementResult.InsufficientData)]
    [TestCase(9, JudgementResult.InsufficientData)]
    public void IsAbove_AboveAllBounds_IsWorseThanWhatLiesBelowThem(double limit, JudgementResult result) => JudgeBuckets(Metric.LatencyP95.IsAbove(limit), 4).Result.Should().Be(result);

    [TestCase(0.5, JudgementResult.Well)]
    [TestCase(0.6, JudgementResult.InsufficientData)]
    public void IsBelow_AboveAllBounds_IsNotBelowThem(double limit, JudgementResult result) => JudgeBuckets(Metric.LatencyP95.IsBelow(limit), 4).Result.Should().Be(result);

    [Test]
    public void Buckets_CanNotTell_SaysWhichAndWhatToDo()
    {
        JudgeBuckets(Metric.LatencyP95.IsAboveBaselineBy(0.2), 2, 2).Should().BeEquivalentTo(new Judgement(JudgementResult.InsufficientData,
            "latency p95 and the baseline's both lie between 110 ms and 250 ms, in one bucket, where the difference that the rule asks for doesn't show. Measure in finer buckets.") { Size = 100, BaselineSize = 100 });
        JudgeBuckets(Metric.LatencyP95.IsAboveBaselineBy(0.2), 3, 2).Reason.Should().Be("latency p95 lies between 250 ms and 500 ms and the baseline's between 110 ms and 250 ms, and in such buckets the difference that the rule asks for doesn't show. Measure in finer buckets.");
        JudgeBuckets(Metric.LatencyP95.IsAbove(0.6), 4).Reason.Should().Be("latency p95 lies above 500 ms, the highest bound of its buckets; the limit is 600 ms. Measure in buckets that go higher.");
        JudgeBuckets(Metric.LatencyP95.IsAboveBaselineBy(0.2), 4, 4).Reason.Should().EndWith("Measure in buckets that go higher.");
        JudgeBuckets(Metric.LatencyP95.IsBelowBaselineBy(0.2), 3, 4).Reason.Should().Contain("the baseline's above 500 ms, the highest bound of its buckets").And.EndWith("Measure in buckets that go higher.");
    }

    // 3 standard errors: of 60 events 13 bad ones are needed to be sure of more than 10%, of 6,000 some 680. Computed by Wilson's formula.
    [TestCase(60, 7, JudgementResult.InsufficientData)]
    [TestCase(60, 12, JudgementResult.InsufficientData)]
    [TestCase(60, 13, JudgementResult.Worse)]
    [TestCase(60, 16, JudgementResult.Worse)]
    [TestCase(60, 6, JudgementResult.Well)]
    [TestCase(6000, 640, JudgementResult.InsufficientData)]
    [TestCase(6000, 690, JudgementResult.Worse)]
    public void StandardErrors_OfARatio_AskForMoreThanChance(int events, int bad, JudgementResult result)
    {
        var series = new MetricSeries(Metric.ErrorRate, [MetricSample.Ratio(Begin, Begin + TimeSpan.FromSeconds(1), bad, events)]);
        var window = new MetricWindow(Begin, Begin + TimeSpan.FromMinutes(1), ImmutableDictionary<string, MetricSeries>.Empty.Add(Metric.ErrorRate.Name, series), ImmutableDictionary<string, MetricSeries>.Empty) { StandardErrors = 3 };

        Judgement judgement = Metric.ErrorRate.IsAbove(0.10).Judge.Judge(window);

        judgement.Result.Should().Be(result, judgement.Reason);
        if (bad == 7)
        {
            judgement.Reason.Should().Be("error rate is 11.667% (7 of 60), beyond 10%, though by so few events it need not be: 60.");
        }
    }

    /// <summary>Latencies of equal releases, log-normal with a sigma of 1: by the value alone one look in four finds the one slower by half.</summary>
    [TestCase(0d, 5)]
    [TestCase(3d, 0)]
    public void StandardErrors_OfAQuantile_AskForMoreThanChance(double standardErrors, int found)
    {
        var random = new Random(5);
        double[] bounds = [.. Enumerable.Range(0, 133).Select(eighth => Math.Pow(2, eighth / 8d) / 8000)];
        ImmutableDictionary<string, MetricSeries> Side()
        {
            double[] counts = new double[bounds.Length + 1];
            for (int i = 0; i < 60; i++)
            {
                double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                int index = Array.FindIndex(bounds, bound => 0.05 * Math.Exp(normal) <= bound);
                counts[index < 0 ? bounds.Length : index]++;
            }

            return ImmutableDictionary<string, MetricSeries>.Empty.Add(Metric.LatencyP95.Name, new MetricSeries(Metric.LatencyP95, [MetricSample.Distribution(Begin, Begin + TimeSpan.FromSeconds(1), new MetricHistogram([.. bounds], [.. counts]))]));
        }

        int worse = Enumerable.Range(0, 200).Count(_ => Metric.LatencyP95.IsAboveBaselineBy(0.5).Judge.Judge(new MetricWindow(Begin, Begin + TimeSpan.FromMinutes(1), Side(), Side()) { StandardErrors = standardErrors }).Result == JudgementResult.Worse);

        (standardErrors == 0 ? worse >= found : worse == found).Should().BeTrue($"{worse} of 200");
    }

    [Test]
    public void Quantiles_OfTheSourceItself_HaveNoBuckets()
    {
        MetricSeries Of(double value) => new(Metric.LatencyP95, [MetricSample.Figure(Begin, Begin + TimeSpan.FromSeconds(1), value)]);
        ImmutableDictionary<string, MetricSeries> Side(double value) => ImmutableDictionary<string, MetricSeries>.Empty.Add(Metric.LatencyP95.Name, Of(value));

        Metric.LatencyP95.IsAboveBaselineBy(0.2).Judge.Judge(new MetricWindow(Begin, Begin + TimeSpan.FromMinutes(1), Side(0.105), Side(0.105))).Result.Should().Be(JudgementResult.Well);
        Metric.LatencyP95.IsAboveBaselineBy(0.2).Judge.Judge(new MetricWindow(Begin, Begin + TimeSpan.FromMinutes(1), Side(0.225), Side(0.105))).Result.Should().Be(JudgementResult.Worse);
    }

    private static Judgement JudgeBuckets(MetricRule rule, int candidate, int? baseline = null)
    {
        ImmutableDictionary<string, MetricSeries> Side(int? bucket) => bucket is not { } known ? ImmutableDictionary<string, MetricSeries>.Empty
            : ImmutableDictionary<string, MetricSeries>.Empty.Add(Metric.LatencyP95.Name, new MetricSeries(Metric.LatencyP95, [MetricSample.Distribution(Begin, Begin + TimeSpan.FromSeconds(1), Events(known))]));
        MetricHistogram Events(int bucket) => new([0.1, 0.11, 0.25, 0.5], [.. Enumerable.Range(0, 5).Select(index => index == bucket ? 100d : 0)]);
        return rule.Judge.Judge(new MetricWindow(Begin, Begin + TimeSpan.FromMinutes(1), Side(candidate), Side(baseline)));
    }

    private static Judgement Judge(MetricRule rule, double? value, double? baseline = null) =>
        rule.Judge.Judge(new MetricWindow(Begin, Begin + TimeSpan.FromMinutes(1), Side(value), Side(baseline)));

    private static MetricWindow Increases(double candidate, double seconds, double baseline, double recorded)
    {
        ImmutableDictionary<string, MetricSeries> Of(double count, double length) =>
            ImmutableDictionary<string, MetricSeries>.Empty.Add(Metric.Restarts.Name, new MetricSeries(Metric.Restarts, [MetricSample.Counted(Begin, Begin + TimeSpan.FromSeconds(length), count)]));
        return new MetricWindow(Begin, Begin + TimeSpan.FromMinutes(1), Of(candidate, seconds), Of(baseline, recorded)) { IsRecorded = true };
    }

    private static ImmutableDictionary<string, MetricSeries> Side(double? value) => value is { } known
        ? ImmutableDictionary<string, MetricSeries>.Empty.Add(Metric.Cpu.Name, new MetricSeries(Metric.Cpu, [MetricSample.Level(Begin, known)]))
        : ImmutableDictionary<string, MetricSeries>.Empty;
}
