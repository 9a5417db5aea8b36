using Deployment.Analysis.Sequential;
using Deployment.Analysis.Statistics;

namespace Deployment.Analysis.Tests.Statistics;

[Category("Unit")]
public sealed class FisherExactTests
{
    private static readonly IReadOnlyList<object> Cases = [.. KnownAnswers.Read.Fisher];

    [TestCaseSource(nameof(Cases))]
    public void PValue_OfKnownTable_IsWhatRSays(object known)
    {
        var table = (KnownAnswers.TableCase)known;

        (FisherExact.PValue(new SideCounts(table.Candidate, table.CandidateBad), new SideCounts(table.Baseline, table.BaselineBad)) / table.PValue).Should().BeApproximately(1, 1e-9);
    }

    /// <summary>The lady who tastes tea (Fisher 1935): all four of four found among eight, 1 in 70.</summary>
    [Test]
    public void PValue_OfTheLadyTastingTea_IsOneInSeventy() =>
        FisherExact.PValue(new SideCounts(4, 4), new SideCounts(4, 0)).Should().BeApproximately(1.0 / 70, 1e-15);

    [Test]
    public void PValue_WithoutAnswersOfAVersion_SaysNothing()
    {
        FisherExact.PValue(new SideCounts(0, 0), new SideCounts(4, 0)).Should().Be(1);
        FisherExact.PValue(new SideCounts(4, 4), new SideCounts(0, 0)).Should().Be(1);
    }

    /// <summary>Each chance against a plain sum of the hypergeometric ones, wherever the tail begins.</summary>
    [Test]
    public void PValue_OfEachTableOfSomeMargins_IsThePlainSum([Values(1, 7, 30)] int candidate, [Values(1, 12, 40)] int baseline, [Values(0, 1, 6, 20)] int bad)
    {
        int all = Math.Min(bad, candidate + baseline);
        for (int ours = Math.Max(0, all - baseline); ours <= Math.Min(all, candidate); ours++)
        {
            double plain = Enumerable.Range(ours, Math.Min(all, candidate) - ours + 1).Sum(k => MathNet.Numerics.Distributions.Hypergeometric.PMF(candidate + baseline, all, candidate, k));

            FisherExact.PValue(new SideCounts(candidate, ours), new SideCounts(baseline, all - ours)).Should().BeApproximately(plain, 1e-12);
        }
    }

    /// <summary>Neither large counts nor a tail that begins far below or above what is likely take long, or get lost.</summary>
    [TestCase(0, 0.9999999, 1)]
    [TestCase(5_000_000, 0.4, 0.6)]
    [TestCase(5_050_000, 1e-57, 1e-55)]
    public void PValue_OfManyAnswers_IsNoLongSum(int candidateBad, double least, double most) =>
        FisherExact.PValue(new SideCounts(1_000_000_000, candidateBad), new SideCounts(1_000_000_000, 5_000_000)).Should().BeInRange(least, most);

    [TestCase(long.MaxValue, 0)]
    [TestCase(4, 5)]
    [TestCase(4, -1)]
    [TestCase(1L << 31, 0)]
    public void PValue_OfCountsThatCannotBe_IsRefused(long events, long bad)
    {
        FluentActions.Invoking(() => FisherExact.PValue(new SideCounts(events, bad), new SideCounts(4, 0))).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => FisherExact.PValue(new SideCounts(4, 0), new SideCounts(events, bad))).Should().Throw<ArgumentOutOfRangeException>();
    }
}
