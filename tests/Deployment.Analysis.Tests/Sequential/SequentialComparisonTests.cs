using Deployment.Analysis.Sequential;

namespace Deployment.Analysis.Tests.Sequential;

[Category("Unit")]
public sealed class SequentialComparisonTests
{
    private static readonly SequentialOptions Independent = new() { Prior = null, BatchesBetweenStarts = 1000 };

    /// <summary>The beginning has three quarters of the weight, and what has not started stands at 1.</summary>
    [Test]
    public void EValue_OfOneBatch_IsThatWorkedOutByHand()
    {
        var comparison = new SequentialComparison(Independent);

        SequentialReading reading = comparison.Add(new Batch(new SideCounts(20, 3), new SideCounts(20, 1)));

        double mean = RatioEvidence.Ratios.ToArray().Average(ratio => Math.Pow(ratio, 3) / Math.Pow((1 + ratio) / 2, 4));
        reading.EValue.Should().BeApproximately(0.25 + (0.75 * mean), 1e-12);
    }

    [Test]
    public void Reading_AfterSomeBatches_TellsWhatWasSeen()
    {
        var comparison = new SequentialComparison(new SequentialOptions { FalseAlarmRate = 0.02, Metrics = 4 });
        comparison.Add(new Batch(new SideCounts(10, 2), new SideCounts(30, 1)));

        SequentialReading reading = comparison.Add(new Batch(new SideCounts(10, 1), new SideCounts(20, 0)));

        reading.Candidate.Should().Be(new SideCounts(20, 3));
        reading.Baseline.Should().Be(new SideCounts(50, 1));
        reading.Difference.Should().BeApproximately(0.13, 1e-12);
        reading.Ratio.Should().BeApproximately(7.5, 1e-12);
        reading.Threshold.Should().Be(200, "a rate of 0.02 is split across four metrics");
        reading.Dispersion.Factor.Should().BeGreaterThan(1);
    }

    [Test]
    public void Add_WithoutBadAnswersOrWithoutAVersion_NeverSaysAnything()
    {
        var comparison = new SequentialComparison(new SequentialOptions());
        SequentialReading reading = comparison.Add(default);
        for (int second = 0; second < 500; second++)
        {
            reading = comparison.Add(new Batch(new SideCounts(20, 0), new SideCounts(20, 0)));
            reading = comparison.Add(new Batch(new SideCounts(20, 20), default));
            reading = comparison.Add(new Batch(default, new SideCounts(20, 5)));
            reading = comparison.Add(default);
            reading.EValue.Should().BeApproximately(1, 1e-9);
        }

        reading.IsWorse.Should().BeFalse();
    }

    [Test]
    public void Add_TotalFailure_IsWorseWithinSeconds()
    {
        Seconds(new SequentialComparison(new SequentialOptions()), 60, second => new Batch(new SideCounts(20, 20), new SideCounts(20, 0))).Should().BeInRange(2, 10);
    }

    [Test]
    public void Add_ABetterCandidate_IsNeverWorse() =>
        Seconds(new SequentialComparison(new SequentialOptions()), 2000, second => new Batch(new SideCounts(20, second % 5 == 0 ? 1 : 0), new SideCounts(20, second % 2))).Should().BeNull();

    /// <summary>Twice the errors are found, and are not when as much is tolerated.</summary>
    [TestCase(0, true)]
    [TestCase(1.5, false)]
    public void Add_WithATolerance_AllowsThatMuch(double tolerance, bool found)
    {
        var comparison = new SequentialComparison(new SequentialOptions { Tolerance = tolerance });

        (Seconds(comparison, 3000, second => new Batch(new SideCounts(20, 1), new SideCounts(20, second % 2))) is not null).Should().Be(found);
    }

    /// <summary>Traffic is not even: a canary with a twentieth of it and its share of errors is no worse, and one with ten times that is.</summary>
    [TestCase(20, false)]
    [TestCase(2, true)]
    public void Add_WithLittleTrafficForTheCandidate_WeighsItByTraffic(int secondsBetweenErrors, bool found)
    {
        var comparison = new SequentialComparison(new SequentialOptions());

        (Seconds(comparison, 1000, second => new Batch(new SideCounts(10, second % secondsBetweenErrors == 1 ? 1 : 0), new SideCounts(190, 1))) is not null).Should().Be(found);
    }

    [Test]
    public void Add_AfterItWasWorse_StaysSo()
    {
        var comparison = new SequentialComparison(new SequentialOptions());
        Seconds(comparison, 60, _ => new Batch(new SideCounts(20, 20), new SideCounts(20, 0)));

        SequentialReading? reading = null;
        for (int second = 0; second < 500; second++)
        {
            reading = comparison.Add(new Batch(new SideCounts(20, 0), new SideCounts(20, 20)));
        }

        reading!.EValue.Should().BeLessThan(reading.Threshold);
        reading.IsWorse.Should().BeTrue();
    }

    /// <summary>The e-value is not worked out at each batch, and what is found is the same as if it were.</summary>
    [Test]
    public void Take_BatchByBatch_FindsWhatTheEValueSays([Values(0.005, 0.012, 0.03)] double share, [Values(true, false)] bool tempered)
    {
        for (int run = 0; run < 20; run++)
        {
            var random = new Random(run);
            var comparison = new SequentialComparison(new SequentialOptions { Prior = tempered ? new DispersionPrior() : null, BatchesBetweenStarts = 5 });
            bool worse = false;
            for (int second = 0; second < 600; second++)
            {
                SequentialReading reading = comparison.Add(new Batch(Side(second < 300 ? 0.005 : share), Side(0.005)));
                worse |= reading.EValue >= reading.Threshold;
                reading.IsWorse.Should().Be(worse);
            }

            SideCounts Side(double of) => new(20, Enumerable.Range(0, 20).Count(_ => random.NextDouble() < of));
        }
    }

    /// <summary>A long good past does not excuse: with later starts a change is found sooner than without.</summary>
    [Test]
    public void Add_ChangeAfterALongTime_IsFoundSoonerByLaterStarts()
    {
        static Batch At(int second) => new(new SideCounts(20, second % (second < 1200 ? 10 : 1) == 0 ? 1 : 0), new SideCounts(20, second % 10 == 5 ? 1 : 0));

        int? with = Seconds(new SequentialComparison(new SequentialOptions()), 3000, At);
        int? without = Seconds(new SequentialComparison(new SequentialOptions { BatchesBetweenStarts = int.MaxValue }), 3000, At);

        with.Should().BeInRange(1201, 1320);
        without.Should().BeGreaterThan(with!.Value + 30);
    }

    [TestCase(21, 0)]
    [TestCase(-1, 0)]
    [TestCase(0, 21)]
    public void Add_CountsThatCannotBe_AreRefused(int candidate, int baseline) =>
        FluentActions.Invoking(() => new SequentialComparison(new SequentialOptions()).Add(new Batch(new SideCounts(20, candidate), new SideCounts(20, baseline))))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*of 20*");

    [Test]
    public void Options_ThatCannotBe_AreRefusedAllAtOnce()
    {
        var wrong = new SequentialOptions { FalseAlarmRate = 1, Metrics = 0, Tolerance = -1, BatchLength = TimeSpan.Zero, BatchesBetweenStarts = 0, Prior = new DispersionPrior { Ratio = 0.5, Correlation = 1, Weight = -1, Batches = 0 } };

        wrong.Problems().Should().HaveCount(9);
        FluentActions.Invoking(() => new SequentialComparison(wrong)).Should().Throw<ArgumentException>().WithMessage("*false alarm rate*metrics*tolerance*length of a batch*starts*dispersion*correlation*weight*batches*");
        new SequentialOptions().Problems().Should().BeEmpty();
    }

    /// <summary>At which second the candidate is found worse; null when it is not.</summary>
    private static int? Seconds(SequentialComparison comparison, int limit, Func<int, Batch> at)
    {
        for (int second = 1; second <= limit; second++)
        {
            if (comparison.Add(at(second)).IsWorse)
            {
                return second;
            }
        }

        return null;
    }
}
