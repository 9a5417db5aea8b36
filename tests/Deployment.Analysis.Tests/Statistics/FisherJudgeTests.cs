namespace Deployment.Analysis.Tests.Statistics;

[Category("Unit")]
public sealed class FisherJudgeTests
{
    private static readonly IReadOnlyList<object> Cases = [.. KnownAnswers.Read.Fisher];
    private static readonly Metric Errors = Metric.ErrorRate;

    [Test]
    public void Rule_ByDefault_LooksAtEverythingSinceTheShift()
    {
        MetricRule rule = Errors.FailsFisherTest(afterEvents: 200);

        rule.Window.Should().BeNull();
        rule.MinimumSamples.Should().Be(1);
        rule.Judge.Metrics.Should().Equal(Errors);
        rule.Judge.NeedsBaseline.Should().BeTrue();
        rule.Judge.NeedsLiveBaseline.Should().BeFalse();
        rule.Judge.Condition.Should().Be("error rate is worse than the baseline's by Fisher's exact test at 1%, once the release has 200 events");
    }

    [TestCaseSource(nameof(Cases))]
    public void Judge_OfAKnownTable_HasThePValueOfR(object known)
    {
        var table = (KnownAnswers.TableCase)known;
        MetricWindow window = Windows.Of(Errors, Windows.Ratios(1, _ => table.CandidateBad, table.Candidate), Windows.Ratios(1, _ => table.BaselineBad, table.Baseline));

        Judgement judgement = Errors.FailsFisherTest(table.Candidate).Judge.Judge(window);

        (judgement.Figures["p-value"] / table.PValue).Should().BeApproximately(1, 1e-9);
        judgement.Result.Should().Be(table.PValue <= 0.01 ? JudgementResult.Worse : JudgementResult.Well);
        judgement.Threshold.Should().Be(0.01);
        judgement.Effect.Should().BeApproximately(((double)table.CandidateBad / table.Candidate) - ((double)table.BaselineBad / table.Baseline), 1e-12);
        judgement.Size.Should().Be(table.Candidate);
        judgement.BaselineSize.Should().Be(table.Baseline);
    }

    /// <summary>A test for one look: whatever comes after the moment at which there were enough events, it says the same, word for word.</summary>
    [TestCase(JudgementResult.Well)]
    [TestCase(JudgementResult.Worse)]
    public void Judge_AfterItsOneLook_SaysTheSameForEver(JudgementResult expected)
    {
        bool isWorse = expected == JudgementResult.Worse;
        MetricSample[] candidate = Windows.Ratios(100, i => i < 20 == isWorse ? 5 : 0, events: 10);
        MetricSample[] baseline = Windows.Ratios(100, i => i < 20 == isWorse ? 0 : 5, events: 10, phase: 0.4);
        Judgement[] looks = [.. Enumerable.Range(1, 100).Select(second => Errors.FailsFisherTest(afterEvents: 200).Judge.Judge(Windows.Of(Errors, candidate, baseline, second)))];

        int first = Array.FindIndex(looks, look => look.Result != JudgementResult.InsufficientData);

        looks[first].Result.Should().Be(expected);
        first.Should().Be(20, "with the 20th second there are 200 events, and the baseline tells of that moment a little later");
        looks[first].Size.Should().Be(200);
        looks[first].BaselineSize.Should().Be(190, "what it tells of after that moment is left out");
        looks.Skip(first).Should().AllSatisfy(look => look.Should().BeEquivalentTo(looks[first]));
        Errors.FailsFisherTest(afterEvents: 900).Judge.Judge(Windows.Of(Errors, candidate, baseline, 100)).Result.Should().NotBe(expected, "with all of it the test says the opposite");
    }

    [Test]
    public void Judge_OfARecordedBaseline_TakesAllOfIt()
    {
        MetricSample[] recorded = [.. Windows.Ratios(50, _ => 0).Select(sample => sample with { From = sample.From.AddDays(-1), At = sample.At.AddDays(-1) })];
        MetricWindow window = Windows.Of(Errors, Windows.Ratios(10, _ => 5), recorded) with { IsRecorded = true };

        Judgement judgement = Errors.FailsFisherTest(afterEvents: 200).Judge.Judge(window);

        judgement.Result.Should().Be(JudgementResult.Worse);
        judgement.BaselineSize.Should().Be(1000);
    }

    /// <summary>Where less is worse, fewer are found, and more are not.</summary>
    [TestCase(2, 10, JudgementResult.Worse)]
    [TestCase(10, 2, JudgementResult.Well)]
    public void Judge_WhereLessIsWorse_FindsFewer(int candidate, int baseline, JudgementResult expected)
    {
        Metric orders = Metric.Ratio("orders", MetricDirection.LowerIsWorse);

        orders.FailsFisherTest(afterEvents: 200).Judge.Judge(Windows.Of(orders, Windows.Ratios(10, _ => candidate), Windows.Ratios(10, _ => baseline))).Result.Should().Be(expected);
    }

    [Test]
    public void Judge_WithoutEnough_IsInsufficient()
    {
        MetricSample[] some = Windows.Ratios(20, _ => 5);
        MetricSample[] shares = [.. some.Select(sample => MetricSample.Figure(sample.From, sample.At, 0.2))];

        Reason(Windows.Of(Errors, [], some)).Should().Contain("has 0 events");
        Reason(Windows.Of(Errors, some.Take(9), some)).Should().Contain("has 180 events");
        Reason(Windows.Of(Errors, some, [])).Should().Contain("baseline has not told");
        Reason(Windows.Of(Errors, some, [.. some.Take(9)])).Should().Contain("baseline has not told");
        Reason(Windows.Of(Errors, some, Windows.Ratios(20, _ => 0, events: 0))).Should().Contain("baseline has no events");
        Reason(Windows.Of(Errors, shares, some)).Should().Contain("release has samples without counts");
        Reason(Windows.Of(Errors, some, shares)).Should().Contain("baseline has samples without counts");
        Reason(Windows.Of(Errors, [.. some.Select(sample => sample with { Events = 1e11 })], some)).Should().Contain("little traffic");
        Reason(Windows.Of(Errors, some, [.. some.Select(sample => sample with { Events = 1e11 })])).Should().Contain("little traffic");
        Reason(Windows.Of(Errors, some, []) with { IsRecorded = true }).Should().Contain("baseline has no events");

        static string Reason(MetricWindow window)
        {
            Judgement judgement = Errors.FailsFisherTest(afterEvents: 200).Judge.Judge(window);
            judgement.Result.Should().Be(JudgementResult.InsufficientData);
            return judgement.Reason;
        }
    }

    [Test]
    public void Judge_AtALowerSignificance_NeedsMore()
    {
        MetricWindow window = Windows.Of(Errors, Windows.Ratios(10, i => i < 8 ? 1 : 0), Windows.Ratios(10, _ => 0));

        Errors.FailsFisherTest(200).Judge.Judge(window).Result.Should().Be(JudgementResult.Worse);
        Errors.FailsFisherTest(200, significance: 0.001).Judge.Judge(window).Result.Should().Be(JudgementResult.Well);
    }

    [Test]
    public void Rule_ThatCannotBe_IsRefusedWithAllThatIsWrong()
    {
        FluentActions.Invoking(() => Metric.Network.FailsFisherTest(0, double.NaN)).Should().Throw<DeploymentValidationException>().Which.Errors.Should().SatisfyRespectively(
            one => one.Should().Contain("network is no ratio"),
            one => one.Should().Contain("one-sided"),
            one => one.Should().Contain("1 to 1000000, and is 0"),
            one => one.Should().Contain("significance"));
        FluentActions.Invoking(() => Errors.FailsFisherTest(1_000_000, 0)).Should().Throw<DeploymentValidationException>().Which.Errors.Should().ContainSingle().Which.Should().Contain("significance");
        FluentActions.Invoking(() => Errors.FailsFisherTest(1_000_001, 1)).Should().Throw<DeploymentValidationException>().Which.Errors.Should().HaveCount(2);
    }
}
