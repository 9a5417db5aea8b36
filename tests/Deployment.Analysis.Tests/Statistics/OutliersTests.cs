using Deployment.Analysis.Statistics;

namespace Deployment.Analysis.Tests.Statistics;

[Category("Unit")]
public sealed class OutliersTests
{
    [Test]
    public void Remove_FromKnownSamples_KeepsWhatRKeeps()
    {
        foreach (KnownAnswers.OutlierCase known in KnownAnswers.Read.Outliers)
        {
            Outliers.Remove(known.Values, 3).Should().Equal(known.Kept);
        }
    }

    [Test]
    public void Remove_WithALowerFactor_RemovesMore() =>
        Outliers.Remove([1, 2, 3, 4, 5, 6, 7, 8, 9, 16], 1).Should().Equal(1, 2, 3, 4, 5, 6, 7, 8, 9);

    [Test]
    public void Remove_FromNothing_LeavesNothing() => Outliers.Remove([], 3).Should().BeEmpty();
}
