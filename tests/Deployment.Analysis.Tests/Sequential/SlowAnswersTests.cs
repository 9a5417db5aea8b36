using Deployment.Analysis.Sequential;

namespace Deployment.Analysis.Tests.Sequential;

[Category("Unit")]
public sealed class SlowAnswersTests
{
    [Test]
    public void Count_UntilTheBaselineSetTheLimit_GivesNothing()
    {
        var slow = new SlowAnswers(quantile: 0.9);
        double[] latencies = [.. Enumerable.Range(1, 50).Select(i => (double)i)];

        slow.Count([1000], latencies).Should().BeNull();
        slow.Count([1000], [.. latencies.Select(latency => latency + 50)]).Should().BeNull();

        slow.Limit.Should().Be(90, "a tenth of 1 to 100 lies above it");
        slow.Count([89, 90, 91, double.NaN, double.PositiveInfinity], [10, 100]).Should().Be(new Batch(new SideCounts(5, 3), new SideCounts(2, 1)));
    }

    [Test]
    public void Count_WithFirstAnswersThatNeverCame_SetsTheLimitBehindThem()
    {
        var slow = new SlowAnswers(quantile: 0.9);

        slow.Count([], [.. Enumerable.Repeat(double.NaN, 20), .. Enumerable.Repeat(1.0, 80)]).Should().BeNull();

        slow.Count([5, double.NaN], [1]).Should().Be(new Batch(new SideCounts(2, 0), new SideCounts(1, 0)), "the baseline's own quantile never came, so that nothing is slower");
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(double.NaN)]
    public void Quantile_ThatIsNone_IsRefused(double quantile) =>
        FluentActions.Invoking(() => new SlowAnswers(quantile)).Should().Throw<ArgumentOutOfRangeException>();

    /// <summary>Latencies of a third more are found by the comparison of slow answers; equal ones are not.</summary>
    [TestCase(1, false)]
    [TestCase(1.3, true)]
    public void Comparison_OfLatencies_FindsASlowerCandidate(double factor, bool found)
    {
        var random = new Random(11);
        var slow = new SlowAnswers();
        var comparison = new SequentialComparison(new SequentialOptions());
        bool worse = false;
        for (int second = 0; second < 300; second++)
        {
            if (slow.Count(Latencies(factor), Latencies(1)) is { } batch)
            {
                worse = comparison.Add(batch).IsWorse;
            }
        }

        worse.Should().Be(found);

        double[] Latencies(double times) => [.. Enumerable.Range(0, 20).Select(_ => times * 50 * Math.Exp(MathNet.Numerics.Distributions.Normal.Sample(random, 0, 0.5)))];
    }
}
