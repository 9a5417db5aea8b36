using Deployment.Analysis.Sequential;
using Deployment.Benchmarks.Workload.Streams;

namespace Deployment.Analysis.Tests.Sequential;

[Category("Unit")]
public sealed class DispersionTests
{
    private static readonly DispersionPrior Prior = new();

    [Test]
    public void Sums_OfAFewBatches_AreThoseOfTheResiduals()
    {
        (int Events, int Bad)[] batches = [(20, 1), (10, 3), (30, 0), (20, 5)];
        var side = new SideDispersion();
        foreach ((int events, int bad) in batches)
        {
            side.Add(new SideCounts(events, bad));
        }

        const double Share = 9.0 / 80;
        double[] residuals = [.. batches.Select(batch => batch.Bad - (batch.Events * Share))];
        DispersionSums sums = side.Sums(0.25);

        sums.Batches.Should().Be(4);
        sums.Expected.Should().BeApproximately(80 * 0.25 * 0.75, 1e-12);
        sums.Squares.Should().BeApproximately(residuals.Sum(residual => residual * residual), 1e-12);
        sums.Neighbours.Should().BeApproximately((residuals[0] * residuals[1]) + (residuals[1] * residuals[2]) + (residuals[2] * residuals[3]), 1e-12);
    }

    [Test]
    public void Of_NothingSeen_IsAboveWhatIsAssumed()
    {
        Dispersion dispersion = Dispersion.Of(new SideDispersion().Sums(0) + new SideDispersion().Sums(0), Prior);

        dispersion.Factor.Should().BeGreaterThan(Prior.Ratio * (1 + Prior.Correlation) / (1 - Prior.Correlation));
    }

    /// <summary>Long streams show the dispersion that their making has: 1, the burst's size, and (1 + r)/(1 - r).</summary>
    [TestCase("independent", 1)]
    [TestCase("bursts", 5)]
    [TestCase("answers 0.5", 3)]
    [TestCase("answers 0.8", 9)]
    [TestCase("seconds 0.5", 3)]
    [TestCase("seconds 0.8", 9)]
    public void Of_ALongStream_IsTheTrueOne(string stream, double expected)
    {
        ErrorStream errors = Of(stream);
        var random = new Random(5);
        var side = new SideDispersion();
        for (int second = 0; second < 40_000; second++)
        {
            side.Add(new SideCounts(20, errors.Next(20, 0.02, random)));
        }

        Dispersion.Of(side.Sums(0.02), Prior).Factor.Should().BeInRange(expected * 0.9, expected * 1.25);
    }

    /// <summary>A difference between the versions, and a stretch without answers, are not scatter.</summary>
    [Test]
    public void Of_TwoVersionsOfDifferentShares_IsNoMoreThanOfEqualOnes()
    {
        var good = new SideDispersion();
        var bad = new SideDispersion();
        var random = new Random(6);
        var stream = new IndependentErrors();
        for (int second = 0; second < 20_000; second++)
        {
            good.Add(new SideCounts(20, stream.Next(20, 0.01, random)));
            good.Add(default);
            bad.Add(new SideCounts(20, stream.Next(20, 0.5, random)));
        }

        Dispersion.Of(good.Sums(0.255) + bad.Sums(0.255), Prior).Factor.Should().Be(1);
    }

    private static ErrorStream Of(string name) => name switch
    {
        "independent" => new IndependentErrors(),
        "bursts" => new BurstsOfErrors(5),
        "answers 0.5" => new CorrelatedAnswers(0.5),
        "answers 0.8" => new CorrelatedAnswers(0.8),
        "seconds 0.5" => new CorrelatedSeconds(0.5),
        _ => new CorrelatedSeconds(0.8),
    };
}
