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

    [TestCase(4, 5)]
    [TestCase(4, -1)]
    [TestCase(1L << 31, 0)]
    public void PValue_OfCountsThatCannotBe_IsRefused(long events, long bad) =>
        FluentActions.Invoking(() => FisherExact.PValue(new SideCounts(events, bad), new SideCounts(4, 0))).Should().Throw<ArgumentOutOfRangeException>();
}
