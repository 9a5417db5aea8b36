namespace Deployment.Analysis.Tests.Comparison;

[Category("Unit")]
public sealed class ComparisonJudgeTests
{
    private static readonly IReadOnlyList<object> Cases = [.. KnownAnswers.Read.MannWhitney];
    private static readonly Metric Errors = Metric.ErrorRate;
    private static readonly Metric Queue = Metric.Level("queue", MetricUnit.Count, MetricDirection.EitherIsWorse);
    private static readonly ComparisonOptions Options = new() { Metrics = [new ComparedMetric(Queue)] };

    [Test]
    public void Rule_ByDefault_LooksAtEverythingSinceTheShift()
    {
        MetricRule rule = Metrics.FailComparison(new ComparisonOptions { Metrics = [new ComparedMetric(Errors), new ComparedMetric(Queue)] });

        rule.Window.Should().BeNull();
        rule.MinimumSamples.Should().Be(1);
        rule.Judge.Metrics.Should().Equal(Errors, Queue);
        rule.Judge.NeedsBaseline.Should().BeTrue();
        rule.Judge.NeedsLiveBaseline.Should().BeFalse();
        rule.Judge.Condition.Should().Be("error rate, queue score below 75 beside the baseline, of 100, looked at every 5 min; 95 passes");
    }

    [Test]
    public void Needs_OfMetricsThatMayLackDataOrAreMuted_AreNone()
    {
        MetricJudge judge = Metrics.FailComparison(Of(
            new ComparedMetric(Errors),
            new ComparedMetric(Queue) { MustHaveData = false },
            new ComparedMetric(Metric.Memory) { MustHaveData = false, IsCritical = true },
            new ComparedMetric(Metric.Cpu) { IsMuted = true })).Judge;

        judge.Metrics.Where(judge.Needs).Should().Equal(Errors, Metric.Memory);
        judge.Needs(Metric.Disk).Should().BeFalse();
    }

    /// <summary>The samples of which R says what becomes of them, one in each point.</summary>
    [TestCaseSource(nameof(Cases))]
    public void Judge_OfKnownSamples_SaysWhatRsIntervalMeans(object known)
    {
        var samples = (KnownAnswers.ShiftCase)known;
        MetricWindow window = Windows.Of(Queue, Levels(samples.X), Levels(samples.Y), 1500);

        Judgement judgement = Judge(window, Options with { Every = TimeSpan.FromSeconds(1500) });

        judgement.Result.Should().Be(samples.Label == "Pass" ? JudgementResult.Well : JudgementResult.Worse);
        judgement.Effect.Should().Be(samples.Label == "Pass" ? 100 : 0);
        judgement.Figures["queue: shift"].Should().BeApproximately(samples.Estimate, 1e-4 * Math.Max(1, Math.Abs(samples.Estimate)));
        judgement.Size.Should().Be(samples.X.Length);
        judgement.BaselineSize.Should().Be(samples.Y.Length);
    }

    [Test]
    public void Judge_OfManyMoreErrors_IsWorseWithItsEvidence()
    {
        Judgement judgement = Judge(Windows.Of(Errors, Windows.Ratios(300, i => i % 3), Windows.Ratios(300, i => i % 50 == 3 ? 1 : 0)), Of(new ComparedMetric(Errors)));

        judgement.Result.Should().Be(JudgementResult.Worse);
        judgement.Effect.Should().Be(0);
        judgement.Threshold.Should().Be(75);
        judgement.Size.Should().Be(30, "five minutes in points of ten seconds");
        judgement.Figures["score of group all"].Should().Be(0);
        judgement.Figures["error rate: effect size"].Should().BeGreaterThan(10);
        judgement.Reason.Should().StartWith("The score is 0 of 100, below the marginal 75.").And.Contain("error rate (High): The candidate lies");
    }

    [Test]
    public void Judge_OfEqualReleases_IsWell() =>
        Judge(Windows.Of(Errors, Windows.Ratios(300, i => i % 7 == 0 ? 1 : 0), Windows.Ratios(300, i => i % 7 == 3 ? 1 : 0)), Of(new ComparedMetric(Errors))).Should().Match<Judgement>(judgement =>
            judgement.Result == JudgementResult.Well && judgement.Effect == 100 && judgement.Threshold == 95);

    /// <summary>Where only more is worse, less is not, unless the metric is compared in both directions.</summary>
    [Test]
    public void Judge_InTheMetricsDirection_UnlessToldOtherwise()
    {
        MetricWindow fewer = Windows.Of(Errors, Windows.Ratios(300, _ => 0), Windows.Ratios(300, i => i % 3));

        Judge(fewer, Of(new ComparedMetric(Errors))).Result.Should().Be(JudgementResult.Well);
        Judge(fewer, Of(new ComparedMetric(Errors) { Direction = MetricDirection.EitherIsWorse })).Result.Should().Be(JudgementResult.Worse);
    }

    /// <summary>Between the thresholds a release goes on, and does not pass.</summary>
    [TestCase(95, 75, JudgementResult.InsufficientData)]
    [TestCase(80, 75, JudgementResult.Well)]
    [TestCase(95, 81, JudgementResult.Worse)]
    public void Judge_ByTheThresholds_SaysWhatTheyMean(double pass, double marginal, JudgementResult expected)
    {
        ComparedMetric[] metrics = [.. Enumerable.Range(0, 5).Select(i => new ComparedMetric(Metric.Level($"queue {i}", MetricUnit.Count)))];
        MetricWindow window = Windows.Of(300, [.. metrics.Select((metric, i) => (metric.Metric, Levels(Values(i == 0 ? 10 : 1)), Levels(Values(1))))]);

        Judgement judgement = Judge(window, new ComparisonOptions { Metrics = metrics, Pass = pass, Marginal = marginal });

        judgement.Effect.Should().Be(80);
        judgement.Result.Should().Be(expected);
        (judgement.Reason.Contains("marginal: it takes 95")).Should().Be(expected == JudgementResult.InsufficientData);
    }

    /// <summary>Between two looks nothing new is said, whatever comes.</summary>
    [Test]
    public void Judge_BetweenTwoLooks_SaysWhatItSaid()
    {
        MetricSample[] candidate = Windows.Ratios(1000, i => i < 310 ? 0 : 10);
        MetricSample[] baseline = Windows.Ratios(1000, _ => 0);
        Judgement[] looks = [.. Enumerable.Range(0, 1000).Select(second => Judge(Windows.Of(Errors, candidate, baseline, second), Of(new ComparedMetric(Errors))))];

        looks[..300].Should().OnlyContain(look => look.Result == JudgementResult.InsufficientData && look.Reason.Contains("for the first time at 2026-03-01 12:05:00Z"));
        looks[300..600].Should().AllSatisfy(look => look.Should().BeEquivalentTo(looks[300]));
        looks[600..900].Should().AllSatisfy(look => look.Should().BeEquivalentTo(looks[600]));
        looks[300].Result.Should().Be(JudgementResult.Well);
        looks[600].Result.Should().Be(JudgementResult.Well, "no more than half of the values are worse");
        looks[900].Result.Should().Be(JudgementResult.Worse);
        looks[900].Size.Should().Be(90);
    }

    [Test]
    public void Judge_OfARecordedBaseline_TakesAllOfIt()
    {
        MetricSample[] recorded = [.. Windows.Ratios(600, i => i % 2).Select(sample => sample with { From = sample.From.AddDays(-1), At = sample.At.AddDays(-1) })];
        MetricWindow window = Windows.Of(Errors, Windows.Ratios(300, _ => 2), recorded, 300) with { IsRecorded = true };

        Judgement judgement = Judge(window, Of(new ComparedMetric(Errors)));

        judgement.Result.Should().Be(JudgementResult.Worse);
        judgement.BaselineSize.Should().Be(60);
        Judge(window with { IsRecorded = false }, Of(new ComparedMetric(Errors))).BaselineSize.Should().Be(1, "samples of another time are no points of this window");
    }

    /// <summary>What is missing never passes, and by itself takes no release back.</summary>
    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(true, true)]
    public void Judge_WithoutValuesOfAMetric_IsInsufficient(bool mustHaveData, bool isCritical)
    {
        ComparedMetric queue = new(Queue) { MustHaveData = mustHaveData, IsCritical = isCritical };
        ComparisonOptions options = Of(new ComparedMetric(Errors), new ComparedMetric(Metric.Cpu), queue);
        MetricSample[] some = Windows.Ratios(300, _ => 1);

        Judgement missing = Judge(Windows.Of(300, (Errors, some, some), (Metric.Cpu, Levels(Values(1)), Levels(Values(1))), (Queue, [], Levels(Values(1)))), options);
        Judgement worse = Judge(Windows.Of(300, (Errors, Windows.Ratios(300, _ => 5), some), (Metric.Cpu, Levels(Values(1)), Levels(Values(1))), (Queue, [], Levels(Values(1)))), options);

        missing.Result.Should().Be(JudgementResult.InsufficientData);
        missing.Reason.Should().Contain("queue").And.Contain("no values");
        worse.Result.Should().Be(JudgementResult.Worse, "half of what has values failed");
    }

    [Test]
    public void Judge_WithoutValuesOfAMetricThatMayLackThem_LeavesItOut()
    {
        ComparisonOptions options = Of(new ComparedMetric(Errors), new ComparedMetric(Metric.Cpu), new ComparedMetric(Queue) { MustHaveData = false });
        MetricSample[] some = Windows.Ratios(300, _ => 1);

        Judge(Windows.Of(300, (Errors, some, some), (Metric.Cpu, Levels(Values(1)), Levels(Values(1))), (Queue, [], [])), options).Result.Should().Be(JudgementResult.Well);
        Judge(Windows.Of(300, (Errors, some, some), (Metric.Cpu, [], []), (Queue, [], [])), options with { Metrics = [.. options.Metrics.Select(metric => metric with { MustHaveData = false })] }).Should().Match<Judgement>(judgement =>
            judgement.Result == JudgementResult.InsufficientData && judgement.Reason.Contains("2 of 3 metrics have no data"));
    }

    [Test]
    public void Judge_WithoutAnything_IsInsufficient() =>
        Judge(new MetricWindow(Windows.Start, Windows.Start.AddMinutes(10), new Dictionary<string, MetricSeries>(), new Dictionary<string, MetricSeries>()), Of(new ComparedMetric(Errors) { IsCritical = true })).Result
            .Should().Be(JudgementResult.InsufficientData);

    /// <summary>Of fewer than five values the approximation would call any difference significant.</summary>
    [TestCase(40, JudgementResult.InsufficientData)]
    [TestCase(50, JudgementResult.Worse)]
    public void Judge_OfAFewValues_WaitsForFive(int seconds, JudgementResult expected) =>
        Judge(Windows.Of(Queue, Levels(Values(10)).Where(sample => sample.At <= Windows.Start.AddSeconds(seconds)), Levels(Values(1)), 300), Options).Result.Should().Be(expected);

    /// <summary>A share of nothing is no value: it is left out, and doesn't pass.</summary>
    [Test]
    public void Judge_OfSharesOfNothing_IsInsufficient() =>
        Judge(Windows.Of(Errors, Windows.Ratios(300, _ => 0, events: 0), Windows.Ratios(300, _ => 0)), Of(new ComparedMetric(Errors))).Result.Should().Be(JudgementResult.InsufficientData);

    [Test]
    public void Judge_OfMutedMetrics_ReportsThemOnly()
    {
        ComparisonOptions options = Of(new ComparedMetric(Errors), new ComparedMetric(Queue) { IsMuted = true });
        MetricSample[] some = Windows.Ratios(300, _ => 1);

        Judgement judgement = Judge(Windows.Of(300, (Errors, some, some), (Queue, Levels(Values(10)), Levels(Values(1)))), options);

        judgement.Result.Should().Be(JudgementResult.Well);
        judgement.Figures["queue: effect size"].Should().BeApproximately(10, 1e-9);
    }

    [Test]
    public void Judge_OfWeightedGroups_SumsThem()
    {
        ComparisonOptions options = Of(new ComparedMetric(Errors) { Groups = ["errors"] }, new ComparedMetric(Queue) { Groups = ["system"] }) with { GroupWeights = new Dictionary<string, double> { ["errors"] = 80 } };
        MetricSample[] some = Windows.Ratios(300, _ => 1);

        Judgement judgement = Judge(Windows.Of(300, (Errors, some, some), (Queue, Levels(Values(10)), Levels(Values(1)))), options);

        judgement.Effect.Should().Be(80);
        judgement.Figures["score of group system"].Should().Be(0);
        judgement.Result.Should().Be(JudgementResult.InsufficientData, "80 is marginal");
    }

    /// <summary>A critical failure is worse whatever the score would be.</summary>
    [Test]
    public void Judge_OfACriticalFailure_IsWorse()
    {
        ComparisonOptions options = Of(new ComparedMetric(Errors), new ComparedMetric(Queue) { IsCritical = true, Groups = [] });
        MetricSample[] some = Windows.Ratios(300, _ => 1);

        Judgement judgement = Judge(Windows.Of(300, (Errors, some, some), (Queue, Levels(Values(10)), Levels(Values(1)))), options);

        judgement.Result.Should().Be(JudgementResult.Worse);
        judgement.Reason.Should().Contain("critical metric queue failed");
    }

    private static Judgement Judge(MetricWindow window, ComparisonOptions options) => Metrics.FailComparison(options).Judge.Judge(window);

    private static ComparisonOptions Of(params ComparedMetric[] metrics) => new() { Metrics = metrics };

    private static double[] Values(double times) => [.. Enumerable.Range(0, 30).Select(i => times * (10 + (i * 0.1)))];

    /// <summary>One in each point of ten seconds.</summary>
    private static MetricSample[] Levels(double[] values) => Windows.Many(values.Length, 10, 0, (_, at, i) => MetricSample.Level(at, values[i]));
}
