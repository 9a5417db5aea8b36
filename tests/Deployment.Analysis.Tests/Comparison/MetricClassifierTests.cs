using Deployment.Analysis.Comparison;
using Deployment.Analysis.Statistics;

namespace Deployment.Analysis.Tests.Comparison;

[Category("Unit")]
public sealed class MetricClassifierTests
{
    private static readonly IReadOnlyList<object> Cases = [.. KnownAnswers.Read.MannWhitney];
    private static readonly ComparedMetric Rule = new(Metric.Level("errors", MetricUnit.Count, MetricDirection.EitherIsWorse));
    private static readonly double[] Low = [.. Enumerable.Range(0, 20).Select(i => 10 + (i * 0.1))];
    private static readonly double[] High = [.. Low.Select(value => value * 3)];

    [TestCaseSource(nameof(Cases))]
    public void Classify_KnownSamples_GivesTheLabelOfRsInterval(object known)
    {
        var samples = (KnownAnswers.ShiftCase)known;

        MetricClassifier.Classify(Rule, samples.X, samples.Y).Label.ToString().Should().Be(samples.Label);
    }

    [TestCaseSource(nameof(Cases))]
    public void EffectSize_InCommonLanguage_IsTheShareOfPairs(object known)
    {
        var samples = (KnownAnswers.ShiftCase)known;

        EffectSize.Of(EffectSizeMeasure.CommonLanguage, samples.X, samples.Y).Should().BeApproximately(samples.CommonLanguage, 1e-12);
    }

    [TestCase(nameof(MetricDirection.EitherIsWorse), nameof(MetricLabel.High), nameof(MetricLabel.Low))]
    [TestCase(nameof(MetricDirection.HigherIsWorse), nameof(MetricLabel.High), nameof(MetricLabel.Pass))]
    [TestCase(nameof(MetricDirection.LowerIsWorse), nameof(MetricLabel.Pass), nameof(MetricLabel.Low))]
    public void Classify_InEachDirection_FailsThatChangeAlone(string direction, string higher, string lower)
    {
        ComparedMetric rule = Rule with { Direction = Enum.Parse<MetricDirection>(direction) };

        MetricClassifier.Classify(rule, High, Low).Label.ToString().Should().Be(higher);
        MetricClassifier.Classify(rule, Low, High).Label.ToString().Should().Be(lower);
    }

    [TestCase(2.9, nameof(MetricLabel.High))]
    [TestCase(3.1, nameof(MetricLabel.Pass))]
    public void Classify_WithAnAllowedIncrease_FailsFromItOn(double allowed, string expected) =>
        MetricClassifier.Classify(Rule with { EffectSize = new EffectSizeLimits { AllowedIncrease = allowed } }, High, Low).Label.ToString().Should().Be(expected);

    [TestCase(0.34, nameof(MetricLabel.Low))]
    [TestCase(0.32, nameof(MetricLabel.Pass))]
    public void Classify_WithAnAllowedDecrease_FailsDownFromIt(double allowed, string expected) =>
        MetricClassifier.Classify(Rule with { EffectSize = new EffectSizeLimits { AllowedDecrease = allowed } }, Low, High).Label.ToString().Should().Be(expected);

    [TestCase(true, 2.9, true)]
    [TestCase(true, 3.1, false)]
    [TestCase(false, 2.9, false)]
    public void Classify_ACriticalMetric_FailsTheReleaseFromTheCriticalIncreaseOn(bool critical, double limit, bool fails)
    {
        ComparedMetric rule = Rule with { IsCritical = critical, EffectSize = new EffectSizeLimits { CriticalIncrease = limit } };

        MetricClassifier.Classify(rule, High, Low).Should().Match<MetricClassification>(metric => metric.Label == MetricLabel.High && metric.FailsRelease == fails);
    }

    [Test]
    public void Classify_EffectSizeThatCannotBeTold_DoesNotExcuse()
    {
        ComparedMetric rule = Rule with { EffectSize = new EffectSizeLimits { AllowedIncrease = 100 } };

        MetricClassification fromZero = MetricClassifier.Classify(rule, High, [.. Enumerable.Repeat(0.0, 20)]);

        fromZero.EffectSize.Should().Be(double.NaN);
        fromZero.Label.Should().Be(MetricLabel.High);
    }

    [TestCase(nameof(MissingValues.Remove), false, false, nameof(MetricLabel.NoData), false)]
    [TestCase(nameof(MissingValues.Remove), true, false, nameof(MetricLabel.NoData), true)]
    [TestCase(nameof(MissingValues.Remove), false, true, nameof(MetricLabel.NoDataFails), false)]
    [TestCase(nameof(MissingValues.Remove), true, true, nameof(MetricLabel.NoData), true)]
    [TestCase(nameof(MissingValues.Zero), true, true, nameof(MetricLabel.Pass), false)]
    public void Classify_WithoutData_IsWhatTheRuleSays(string missing, bool critical, bool mustHaveData, string label, bool fails)
    {
        ComparedMetric rule = Rule with { MissingValues = Enum.Parse<MissingValues>(missing), IsCritical = critical, MustHaveData = mustHaveData };

        foreach (MetricClassification metric in new[] { MetricClassifier.Classify(rule, [], Low), MetricClassifier.Classify(rule, Low, []) })
        {
            metric.Label.ToString().Should().Be(label);
            metric.FailsRelease.Should().Be(fails);
        }
    }

    [Test]
    public void Classify_MissingValues_AreLeftOutOrZero()
    {
        double[] holes = [.. Low, .. Enumerable.Repeat(double.NaN, 60)];

        MetricClassifier.Classify(Rule, holes, Low).Label.Should().Be(MetricLabel.Pass);
        MetricClassifier.Classify(Rule with { MissingValues = MissingValues.Zero }, holes, Low).Label.Should().Be(MetricLabel.Low);
    }

    [Test]
    public void Classify_Outliers_AreLeftOutWhereTheRuleSaysSo()
    {
        double[] spiked = [.. High, 1e6];

        MetricClassifier.Classify(Rule with { OutlierFactor = 3 }, spiked, Low).EffectSize.Should().BeApproximately(3, 1e-9);
        MetricClassifier.Classify(Rule, spiked, Low).EffectSize.Should().BeGreaterThan(1000);
    }

    [Test]
    public void Classify_SameValuesInAnotherOrder_Passes() =>
        MetricClassifier.Classify(Rule, [3, 1, 2], [1, 2, 3]).Should().Match<MetricClassification>(metric => metric.Label == MetricLabel.Pass && metric.Test == null);

    [Test]
    public void Classify_OneValueAllOver_PassesWithoutATest() =>
        MetricClassifier.Classify(Rule, [0, 0, 0, 0], [0, 0]).Should().Match<MetricClassification>(metric => metric.Label == MetricLabel.Pass && metric.Test == null);

    [Test]
    public void Classify_InfiniteValues_IsAnError() =>
        MetricClassifier.Classify(Rule with { IsCritical = true }, [1, double.PositiveInfinity], Low).Should().Match<MetricClassification>(metric => metric.Label == MetricLabel.Error && !metric.FailsRelease);
}
