using Deployment.Analysis.Comparison;

namespace Deployment.Analysis.Tests.Comparison;

/// <summary>Scores that were worked out by hand.</summary>
[Category("Unit")]
public sealed class ScorerTests
{
    private static readonly ComparisonOptions Rules = new() { Metrics = [], Pass = 95, Marginal = 75 };

    [Test]
    public void Score_OfWeightedGroups_IsTheirWeightedSum()
    {
        MetricClassification[] metrics =
        [
            Metric(MetricLabel.Pass, "errors"), Metric(MetricLabel.High, "errors"), Metric(MetricLabel.Pass, "errors"),
            Metric(MetricLabel.Pass, "latency"), Metric(MetricLabel.Pass, "system"), Metric(MetricLabel.Low, "system"),
        ];

        // 60 · 2/3 for errors, and the rest of 40 shared by latency (100) and system (50).
        ReleaseScore score = Scorer.Score(metrics, Rules with { GroupWeights = new Dictionary<string, double> { ["errors"] = 60 } });

        score.Score.Should().Be(70);
        score.Verdict.Should().Be(ReleaseVerdict.Fail);
        score.Groups.Select(group => (group.Name, Math.Round(group.Score, 3), group.Weight)).Should().Equal(("errors", 66.667, 60.0), ("latency", 100.0, 20.0), ("system", 50.0, 20.0));
    }

    [TestCase(20, 0, 100, nameof(ReleaseVerdict.Pass))]
    [TestCase(19, 1, 95, nameof(ReleaseVerdict.Pass))]
    [TestCase(18, 1, 94.74, nameof(ReleaseVerdict.Marginal))]
    [TestCase(15, 5, 75, nameof(ReleaseVerdict.Marginal))]
    [TestCase(14, 5, 73.68, nameof(ReleaseVerdict.Fail))]
    public void Score_AtTheThresholds_Reaches(int passing, int failing, double expected, string verdict)
    {
        ReleaseScore score = Scorer.Score([.. Many(passing, MetricLabel.Pass), .. Many(failing, MetricLabel.High)], Rules);

        score.Score.Should().Be(expected);
        score.Verdict.ToString().Should().Be(verdict);
        score.Reason.Should().BeNull();
    }

    [Test]
    public void Score_AMetricOfTwoGroups_CountsInBoth() =>
        Scorer.Score([Metric(MetricLabel.High, "a", "b"), Metric(MetricLabel.Pass, "a")], Rules).Score.Should().Be(25);

    [Test]
    public void Score_WithACriticalFailure_IsZeroAndSaysWhich()
    {
        ReleaseScore score = Scorer.Score([.. Many(99, MetricLabel.Pass), Metric(MetricLabel.High, "a") with { FailsRelease = true }], Rules);

        score.Score.Should().Be(0);
        score.Verdict.Should().Be(ReleaseVerdict.Fail);
        score.Reason.Should().Contain("critical metric High failed");
    }

    [TestCase(1, 1, 0)]
    [TestCase(1, 2, 100)]
    public void Score_HalfOfTheMetricsWithoutData_IsZero(int without, int with, double expected) =>
        Scorer.Score([.. Many(without, MetricLabel.NoData), .. Many(with, MetricLabel.Pass)], Rules).Score.Should().Be(expected);

    [Test]
    public void Score_OfAGroupWithoutData_DoesNotCostAnything()
    {
        ReleaseScore score = Scorer.Score([Metric(MetricLabel.Pass, "a"), Metric(MetricLabel.Pass, "a"), Metric(MetricLabel.NoData, "b")], Rules);

        score.Score.Should().Be(100);
        score.Groups.Single(group => group.Name == "b").HasData.Should().BeFalse();
    }

    [TestCase(nameof(MetricLabel.NoData), 100)]
    [TestCase(nameof(MetricLabel.Error), 100)]
    [TestCase(nameof(MetricLabel.NoDataFails), 66.67)]
    public void Score_OfWhatWasNotCompared_CountsOnlyWhereDataMustBe(string label, double expected) =>
        Scorer.Score([.. Many(2, MetricLabel.Pass), Metric(Enum.Parse<MetricLabel>(label), "group")], Rules).Score.Should().Be(expected);

    [Test]
    public void Score_OfMutedMetrics_LeavesThemOut()
    {
        MetricClassification muted = Metric(MetricLabel.High, "group") with { FailsRelease = true };

        Scorer.Score([Metric(MetricLabel.Pass, "group"), muted with { Rule = muted.Rule with { IsMuted = true } }], Rules).Score.Should().Be(100);
    }

    [Test]
    public void Score_OfNoMetrics_Fails() =>
        Scorer.Score([], Rules).Should().Match<ReleaseScore>(score => score.Score == 0 && score.Verdict == ReleaseVerdict.Fail);

    private static IEnumerable<MetricClassification> Many(int count, MetricLabel label) => Enumerable.Repeat(Metric(label, "group"), count);

    private static MetricClassification Metric(MetricLabel label, params string[] groups) => new()
    {
        Rule = new ComparedMetric(Analysis.Metric.Level(label.ToString(), MetricUnit.Count)) { Groups = groups },
        Label = label,
        Reason = "So it is.",
        EffectSize = 1,
    };
}
