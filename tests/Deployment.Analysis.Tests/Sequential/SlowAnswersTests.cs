using System.Collections.Immutable;
using Deployment.Analysis.Sequential;

namespace Deployment.Analysis.Tests.Sequential;

[Category("Unit")]
public sealed class SlowAnswersTests
{
    private static readonly ImmutableArray<double> Bounds = [0.1, 0.25, 0.5];

    [Test]
    public void Count_UntilTheBaselineSetTheLimit_GivesNothing()
    {
        var slow = new SlowAnswers(0.9, Bounds);

        slow.Needed.Should().Be(100, "a tenth of them are the ten above the limit that are wanted");
        slow.Count([Sample(0, 0, 0, 1000)], [Sample(30, 15, 5, 0)]).Should().BeNull();
        slow.Count([Sample(0, 0, 0, 1000)], [Sample(20, 0, 0, 0), Sample(15, 8, 6, 1)]).Should().BeNull();

        slow.Seen.Should().Be(100, "only the baseline's set it");
        slow.Limit.Should().Be(0.25, "12 of 100 lie above it, 35 above the bound before and 1 above the next");
        slow.Count([Sample(1, 2, 3, 4)], [Sample(8, 0, 0, 0), Sample(0, 1, 1, 0)]).Should().Be(new Batch(new SideCounts(10, 7), new SideCounts(10, 1)));
        slow.CandidateQuantile.Should().Be(0.5, "what set the limit isn't counted, and what lies above the highest bound counts as that");
        slow.BaselineQuantile.Should().BeApproximately(0.25, 1e-12);
    }

    /// <summary>All below the lowest bound: whatever the candidate has above it is news.</summary>
    [Test]
    public void Limit_OfABaselineBelowAllBounds_IsTheLowest()
    {
        var slow = new SlowAnswers(0.95, Bounds);

        slow.Count([], [Sample(200, 0, 0, 0)]).Should().BeNull();

        slow.Limit.Should().Be(0.1);
        slow.Count([Sample(5, 1, 1, 0)], []).Should().Be(new Batch(new SideCounts(7, 2), default));
    }

    [Test]
    public void Problem_OfSamplesThatCannotBeCounted_SaysWhy()
    {
        var slow = new SlowAnswers(0.95, Bounds);
        MetricSample other = MetricSample.Distribution(default, default, new MetricHistogram([0.1, 0.3, 0.5], [1, 1, 1, 1]));
        MetricSample fewer = MetricSample.Distribution(default, default, new MetricHistogram([0.1, 0.25], [1, 1, 1]));

        slow.Problem(Sample(1, 1, 1, 1)).Should().BeNull();
        slow.Problem(other).Should().Contain("buckets");
        slow.Problem(fewer).Should().Contain("buckets");
        slow.Problem(MetricSample.Figure(default, default, 0.2)).Should().Contain("histogram");
        slow.Problem(Sample(2e12, 0, 0, 0)).Should().Contain("more events than can be");
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(double.NaN)]
    public void Quantile_ThatIsNone_IsRefused(double quantile) =>
        FluentActions.Invoking(() => new SlowAnswers(quantile, Bounds)).Should().Throw<ArgumentOutOfRangeException>();

    private static MetricSample Sample(params double[] counts) => MetricSample.Distribution(default, default, new MetricHistogram(Bounds, [.. counts]));
}
