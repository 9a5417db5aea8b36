namespace Deployment.Analysis.Tests.Sequential;

[Category("Unit")]
public sealed class SequentialJudgeTests
{
    private static readonly Metric Errors = Metric.ErrorRate;

    [Test]
    public void Rule_ByDefault_LooksAtEverythingSinceTheShift()
    {
        MetricRule rule = Errors.IsWorseThanBaseline();

        rule.Window.Should().BeNull();
        rule.MinimumSamples.Should().Be(1);
        rule.Judge.Metrics.Should().Equal(Errors);
        rule.Judge.NeedsBaseline.Should().BeTrue();
        rule.Judge.NeedsLiveBaseline.Should().BeTrue();
        rule.Judge.Condition.Should().Be("error rate is worse than the baseline's, with false alarms of 1%");
        Metrics.AnyIsWorseThanBaseline([Errors, Metric.LatencyP95], new SequentialOptions { Tolerance = 0.1, FalseAlarmRate = 0.005 }).Judge.Condition
            .Should().Be("error rate or latency p95 is worse than the baseline's by more than 10% in odds, with false alarms of 0.5%");
    }

    [Test]
    public void Judge_OfManyMoreErrors_IsWorseWithItsEvidence()
    {
        Judgement judgement = Judge(Windows.Of(Errors, Windows.Ratios(60, i => i % 2), Windows.Ratios(60, i => i % 20 == 3 ? 1 : 0)));

        judgement.Result.Should().Be(JudgementResult.Worse);
        judgement.Threshold.Should().Be(100);
        judgement.Figures["e-value"].Should().BeGreaterThanOrEqualTo(100);
        judgement.Figures["dispersion"].Should().BeGreaterThanOrEqualTo(1);
        judgement.Figures["seconds of a batch"].Should().Be(1);
        judgement.Size.Should().Be(judgement.Figures["batches"] * 20, "it ends with the batch at which it was found");
        judgement.BaselineSize.Should().Be(judgement.Size);
        judgement.Value.Should().BeApproximately(0.025, 0.002);
        judgement.Effect.Should().BeApproximately(judgement.Value!.Value / judgement.BaselineValue!.Value, 1e-9);
        judgement.Reason.Should().Contain("were bad for error rate").And.Contain("; it reached 100, from which on the release is called worse, at 2026-03-01 12:00:");
    }

    [Test]
    public void Judge_OfEqualReleases_IsWell()
    {
        Judgement judgement = Judge(Windows.Of(Errors, Windows.Ratios(300, i => i % 10 == 3 ? 1 : 0), Windows.Ratios(300, i => i % 10 == 7 ? 1 : 0)));

        judgement.Result.Should().Be(JudgementResult.Well);
        judgement.Figures["e-value"].Should().BeLessThan(100);
        judgement.Value.Should().BeApproximately(0.005, 0.0005);
        judgement.Figures["batches"].Should().Be(299, "the last one isn't complete");
    }

    [Test]
    public void Judge_OfTheSameWindow_SaysTheSame()
    {
        MetricJudge judge = Errors.IsWorseThanBaseline().Judge;
        MetricWindow bad = Windows.Of(Errors, Windows.Ratios(60, i => i % 2), Windows.Ratios(60, _ => 0));
        MetricWindow good = Windows.Of(Errors, Windows.Ratios(60, _ => 0), Windows.Ratios(60, _ => 1));

        Judgement first = judge.Judge(bad);
        judge.Judge(good).Result.Should().Be(JudgementResult.Well);

        judge.Judge(bad).Should().BeEquivalentTo(first, "it remembers nothing");
    }

    /// <summary>What was found once stays found, word for word, however good the release has become.</summary>
    [Test]
    public void Judge_AfterItWasWorse_SaysTheSameAtEachLaterLook()
    {
        MetricSample[] candidate = Windows.Ratios(600, i => i < 60 ? i % 2 : 0);
        MetricSample[] baseline = Windows.Ratios(600, i => i < 60 ? 0 : i % 2);
        Judgement[] looks = [.. Enumerable.Range(1, 600).Select(second => Judge(Windows.Of(Errors, candidate, baseline, second)))];

        int found = Array.FindIndex(looks, look => look.Result == JudgementResult.Worse);

        found.Should().BeInRange(5, 62);
        looks.Take(found).Should().NotContain(look => look.Result == JudgementResult.Worse);
        looks.Skip(found).Should().AllSatisfy(look => look.Should().BeEquivalentTo(looks[found]));
    }

    [Test]
    public void Judge_AfterASampleThatCannotBeCounted_KeepsWhatItFound()
    {
        MetricSample[] bad = Windows.Ratios(60, i => i % 2);
        MetricSample share = MetricSample.Figure(bad[^1].At, bad[^1].At.AddSeconds(1), 0);
        MetricSample[] good = Windows.Ratios(61, _ => 0);

        Judge(Windows.Of(Errors, [.. bad, share], good)).Result.Should().Be(JudgementResult.Worse);
        Judge(Windows.Of(Errors, [.. good.SkipLast(1), share], good)).Should().Match<Judgement>(judgement =>
            judgement.Result == JudgementResult.InsufficientData && judgement.Reason.Contains("candidate has samples without counts"));
    }

    [Test]
    public void Judge_WithoutEnough_IsInsufficient()
    {
        MetricSample[] some = Windows.Ratios(60, i => i % 2);
        MetricSample[] none = Windows.Ratios(60, _ => 0, events: 0);

        Reason(Windows.Of(Errors, [], some)).Should().Contain("0 samples of error rate of the candidate");
        Reason(Windows.Of(Errors, some, [])).Should().Contain("0 of the baseline");
        Reason(Windows.Of(Errors, some.Take(2), some)).Should().Contain("it takes 3 of each");
        Reason(Windows.Of(Errors, none, some)).Should().Contain("no batch yet in which both");
        Reason(Windows.Of(Errors, some, none)).Should().Contain("no batch yet in which both");
        Reason(Windows.Of(Errors, some, [.. some.Select(sample => MetricSample.Figure(sample.From, sample.At, 0.01))])).Should().Contain("baseline has samples without counts");
        Reason(Windows.Of(Errors, some, [.. some.Select(sample => sample with { Bad = sample.Events + 1 })])).Should().Contain("more bad events than events");
        Reason(Windows.Of(Errors, some, [.. some.Select(sample => sample with { Events = 1e13 })])).Should().Contain("more events than can be");
        Reason(Windows.Of(Errors, some, some) with { IsRecorded = true }).Should().Contain("recorded");
        Reason(new MetricWindow(Windows.Start, Windows.Start, new Dictionary<string, MetricSeries>(), new Dictionary<string, MetricSeries>())).Should().Contain("0 samples");

        static string Reason(MetricWindow window)
        {
            Judgement judgement = Judge(window);
            judgement.Result.Should().Be(JudgementResult.InsufficientData);
            judgement.Value.Should().BeNull();
            return judgement.Reason;
        }
    }

    /// <summary>A share that the source made itself tells how many were bad, where it says of how many.</summary>
    [Test]
    public void Judge_OfSharesWithTheirEvents_CountsThem()
    {
        MetricSample[] candidate = Windows.Many(60, 1, 0, (from, at, i) => MetricSample.Figure(from, at, i % 2 * 0.05, 20));

        Judge(Windows.Of(Errors, candidate, Windows.Ratios(60, _ => 0))).Should().BeEquivalentTo(Judge(Windows.Of(Errors, Windows.Ratios(60, i => i % 2), Windows.Ratios(60, _ => 0))));
    }

    /// <summary>Sources that extrapolate count in fractions: four tenths of an error each second are two in five.</summary>
    [Test]
    public void Judge_OfFractions_LosesNone()
    {
        Judgement judgement = Judge(Windows.Of(Errors, Windows.Ratios(200, _ => 0.4, events: 20.3), Windows.Ratios(200, _ => 0, events: 19.7)));

        judgement.Result.Should().Be(JudgementResult.Worse);
        judgement.Value.Should().BeApproximately(0.4 / 20.3, 0.001);
    }

    [Test]
    public void Judge_WithATolerance_AllowsThatMuch()
    {
        MetricWindow window = Windows.Of(Errors, Windows.Ratios(1500, _ => 1), Windows.Ratios(1500, i => i % 2));

        Judge(window).Result.Should().Be(JudgementResult.Worse);
        Judge(window, new SequentialOptions { Tolerance = 1.5 }).Result.Should().Be(JudgementResult.Well);
    }

    [Test]
    public void Judge_OfSeveralMetrics_SplitsTheRateAndNamesTheWorseOne()
    {
        Metric payments = Metric.Ratio("payments refused");
        MetricJudge judge = Metrics.AnyIsWorseThanBaseline([Errors, payments], new SequentialOptions { FalseAlarmRate = 0.02 }).Judge;
        MetricSample[] good = Windows.Ratios(120, i => i % 20 == 3 ? 1 : 0);
        MetricSample[] bad = Windows.Ratios(120, i => i % 2);

        Judgement worse = judge.Judge(Windows.Of(null, (Errors, good, good), (payments, bad, good)));
        Judgement well = judge.Judge(Windows.Of(null, (Errors, good, good), (payments, good, good)));

        judge.Metrics.Should().Equal(Errors, payments);
        worse.Result.Should().Be(JudgementResult.Worse);
        worse.Threshold.Should().Be(100, "a rate of 2% is split across two metrics");
        worse.Reason.Should().Contain("payments refused").And.NotContain("error rate");
        worse.Figures["payments refused: e-value"].Should().BeGreaterThanOrEqualTo(100);
        worse.Figures["error rate: e-value"].Should().BeLessThan(100);
        worse.Figures["payments refused: bad share"].Should().BeGreaterThan(0.01);
        worse.Value.Should().BeNull("it would not be clear whose it is");
        well.Result.Should().Be(JudgementResult.Well);
    }

    /// <summary>A metric without data keeps the rule from passing, and doesn't hide that another is worse.</summary>
    [Test]
    public void Judge_OfSeveralMetrics_OneWithoutData_IsWellNever()
    {
        Metric payments = Metric.Ratio("payments refused");
        MetricJudge judge = Metrics.AnyIsWorseThanBaseline([Errors, payments]).Judge;
        MetricSample[] good = Windows.Ratios(120, i => i % 20 == 3 ? 1 : 0);

        judge.Judge(Windows.Of(null, (Errors, good, good), (payments, [], good))).Should().Match<Judgement>(judgement =>
            judgement.Result == JudgementResult.InsufficientData && judgement.Reason.Contains("payments refused"));
        judge.Judge(Windows.Of(null, (Errors, Windows.Ratios(120, i => i % 2), good), (payments, [], good))).Result.Should().Be(JudgementResult.Worse);
    }

    [Test]
    public void Rule_ThatCannotBe_IsRefusedWithAllThatIsWrong()
    {
        Action compose = () => Metrics.AnyIsWorseThanBaseline(
            [Errors, Errors, Metric.Cpu, Metric.RequestRate, Metric.Ratio("orders", MetricDirection.LowerIsWorse)],
            new SequentialOptions { FalseAlarmRate = 0, Tolerance = double.NaN, BatchLength = TimeSpan.FromHours(2) });

        compose.Should().Throw<DeploymentValidationException>().Which.Errors.Should().SatisfyRespectively(
            one => one.Should().Contain("false alarm rate"),
            one => one.Should().Contain("tolerance"),
            one => one.Should().Contain("batch"),
            one => one.Should().Contain("CPU").And.Contain("FailComparison"),
            one => one.Should().Contain("request rate"),
            one => one.Should().Contain("orders").And.Contain("more is not what is worse"),
            one => one.Should().Contain("error rate is named more than once"));
        FluentActions.Invoking(() => Metrics.AnyIsWorseThanBaseline([])).Should().Throw<DeploymentValidationException>().WithMessage("*There must be a metric*");
    }

    private static Judgement Judge(MetricWindow window, SequentialOptions? options = null) => Errors.IsWorseThanBaseline(options).Judge.Judge(window);
}
