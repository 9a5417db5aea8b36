using System.Collections.Immutable;
using Deployment.Analysis;

namespace Deployment.Tests.Analysis;

[Category("Unit")]
public sealed class MetricHistogramTests
{
    private static readonly MetricHistogram Ten = new([0.1, 0.2, 0.5], [4, 4, 1, 1]);

    // Of ten events the fifth lies a quarter into the bucket from 0.1 to 0.2, and so on.
    [TestCase(0.2, 0.05)]
    [TestCase(0.4, 0.1)]
    [TestCase(0.5, 0.125)]
    [TestCase(0.8, 0.2)]
    [TestCase(0.85, 0.35)]
    [TestCase(0.9, 0.5)]
    [TestCase(0.99, 0.5)]
    public void Quantile_IsAsComputedByHand(double quantile, double value) => Ten.Quantile(quantile).Should().BeApproximately(value, 1e-12);

    [Test]
    public void Quantile_EmptyBucketsBetween_AreNeverTheAnswer()
    {
        var gap = new MetricHistogram([1, 2, 3, 4], [1, 0, 0, 1, 0]);

        gap.Quantile(0.5).Should().Be(1);
        gap.Quantile(0.75).Should().Be(3.5);
    }

    [Test]
    public void Quantile_NothingWasCounted_HasNoValue() => new MetricHistogram([1], [0, 0]).Quantile(0.5).Should().Be(double.NaN);

    [Test]
    public void Quantile_AllAboveTheLastBound_IsThatBound() => new MetricHistogram([1, 2], [0, 0, 7]).Quantile(0.01).Should().Be(2);

    [Test]
    public void Quantile_NegativeBounds_LieBetweenTheirOwn()
    {
        var temperatures = new MetricHistogram([-2, -1, 3], [2, 2, 4, 0]);

        temperatures.Quantile(0.1).Should().Be(-2, "how far below the first bucket reaches is unknown");
        temperatures.Quantile(0.375).Should().Be(-1.5);
        temperatures.Quantile(0.75).Should().Be(1);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(-0.1)]
    [TestCase(double.NaN)]
    public void Quantile_NoQuantile_IsRefused(double quantile) => FluentActions.Invoking(() => Ten.Quantile(quantile)).Should().Throw<ArgumentOutOfRangeException>();

    [TestCase(0.2, 0, 0.1)]
    [TestCase(0.4, 0, 0.1)]
    [TestCase(0.5, 0.1, 0.2)]
    [TestCase(0.9, 0.2, 0.5)]
    [TestCase(0.99, 0.5, double.PositiveInfinity)]
    public void Within_IsTheBucketOfTheQuantile(double quantile, double lower, double upper) => Ten.Within(quantile).Should().Be((lower, upper));

    [Test]
    public void Within_NothingWasCounted_IsNowhere() => new MetricHistogram([1], [0, 0]).Within(0.5).Should().Be((double.NaN, double.NaN));

    [TestCase(0, 10)]
    [TestCase(0.1, 6)]
    [TestCase(0.15, 6)]
    [TestCase(0.2, 2)]
    [TestCase(0.5, 1)]
    [TestCase(9, 1)]
    public void Above_CountsWhatLiesBetweenByItsHigherBound(double limit, double events) => Ten.Above(limit).Should().Be(events);

    [Test]
    public void Plus_AddsEachBucket_AndRefusesOtherOnes()
    {
        Ten.Plus(new MetricHistogram([0.1, 0.2, 0.5], [1, 0, 0, 2.5])).Should().Be(new MetricHistogram([0.1, 0.2, 0.5], [5, 4, 1, 3.5]));

        FluentActions.Invoking(() => Ten.Plus(new MetricHistogram([0.1, 0.2, 0.6], [1, 1, 1, 1]))).Should().Throw<DeploymentException>().WithMessage("*other buckets*");
        FluentActions.Invoking(() => Ten.Plus(new MetricHistogram([0.1], [1, 1]))).Should().Throw<DeploymentException>();
    }

    [Test]
    public void Equality_IsByBoundsAndCounts()
    {
        var same = new MetricHistogram([0.1, 0.2, 0.5], [4, 4, 1, 1]);

        same.Should().Be(Ten);
        same.GetHashCode().Should().Be(Ten.GetHashCode());
        Ten.Should().NotBe(new MetricHistogram([0.1, 0.2, 0.5], [4, 4, 2, 0]));
        Ten.Should().NotBe(new MetricHistogram([0.1, 0.2, 0.6], [4, 4, 1, 1]));
    }

    private static IEnumerable<TestCaseData> NoHistograms()
    {
        TestCaseData Case(string name, ImmutableArray<double> bounds, ImmutableArray<double> counts) => new TestCaseData(bounds, counts).SetArgDisplayNames(name);
        yield return Case("no bounds", [], [1]);
        yield return Case("bounds missing", default, [1, 1]);
        yield return Case("counts missing", [1], default);
        yield return Case("as many counts as bounds", [1, 2], [1, 1]);
        yield return Case("falling bounds", [2, 1], [1, 1, 1]);
        yield return Case("a bound twice", [1, 1], [1, 1, 1]);
        yield return Case("an endless bound", [1, double.PositiveInfinity], [1, 1, 1]);
        yield return Case("a bound that is no number", [double.NaN, 1], [1, 1, 1]);
        yield return Case("a count below 0", [1], [1, -1]);
        yield return Case("a count that is no number", [1], [1, double.NaN]);
        yield return Case("an endless count", [1], [1, double.PositiveInfinity]);
    }

    [TestCaseSource(nameof(NoHistograms))]
    public void Make_WhatIsNoHistogram_IsRefused(ImmutableArray<double> bounds, ImmutableArray<double> counts) =>
        FluentActions.Invoking(() => new MetricHistogram(bounds, counts)).Should().Throw<DeploymentException>().WithMessage("A histogram needs rising, finite bounds*");
}
