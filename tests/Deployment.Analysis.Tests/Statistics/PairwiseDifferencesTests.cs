using Deployment.Analysis.Statistics;

namespace Deployment.Analysis.Tests.Statistics;

[Category("Unit")]
public sealed class PairwiseDifferencesTests
{
    [Test]
    public void Smallest_OfEachRank_IsThatOfAllDifferencesInOrder([Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        double[] x = [.. Enumerable.Range(0, 17).Select(_ => Math.Round((random.NextDouble() * 8) - 4, seed))];
        double[] y = [.. Enumerable.Range(0, 12).Select(_ => Math.Round((random.NextDouble() * 8) - 4, seed))];
        double[] all = [.. x.SelectMany(left => y.Select(right => left - right)).Order()];

        var differences = new PairwiseDifferences(x, y);

        Enumerable.Range(1, all.Length).Select(k => differences.Smallest(k)).Should().Equal(all);
        differences.Smallest(0).Should().Be(all[0]);
        differences.Smallest(all.Length + 1).Should().Be(all[^1]);
        differences.Median.Should().Be((all[101] / 2) + (all[102] / 2));
    }
}
