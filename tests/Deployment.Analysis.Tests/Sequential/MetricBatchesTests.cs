using Deployment.Analysis.Sequential;

namespace Deployment.Analysis.Tests.Sequential;

[Category("Unit")]
public sealed class MetricBatchesTests
{
    private static readonly Metric Errors = Metric.ErrorRate;

    /// <summary>
    /// The property that looking again rests on: whatever a later look sees, the batches of an earlier one are how its own begin. The
    /// sides' samples come at their own moments, irregularly, and with gaps.
    /// </summary>
    [Test]
    public void Read_AtALaterLook_OnlyAppends([Range(1, 12)] int seed)
    {
        var random = new Random(seed);
        MetricSample[] candidate = Irregular(random);
        MetricSample[] baseline = Irregular(random);
        IReadOnlyList<Batch> all = Read(Windows.Of(Errors, candidate, baseline));
        int longest = 0;

        for (double at = 0; at < 120; at += 0.3)
        {
            IReadOnlyList<Batch> seen = Read(Windows.Of(Errors, candidate, baseline, at));
            seen.Should().Equal(all.Take(seen.Count));
            seen.Count.Should().BeGreaterThanOrEqualTo(longest);
            longest = seen.Count;
        }

        longest.Should().BeGreaterThan(20);
    }

    /// <summary>Samples that are a little early or late stay in the batch of their second, on both sides, whatever their phases are.</summary>
    [Test]
    public void Read_OfSecondsThatJitter_PairsThemAll([Values(0, 0.2, 0.5, 0.7, 0.95)] double phase)
    {
        var random = new Random(3);

        IReadOnlyList<Batch> batches = Read(Windows.Of(Errors, Jittering(0), Jittering(phase)));

        batches.Should().HaveCountGreaterThanOrEqualTo(297);
        batches.Skip(1).Should().OnlyContain(batch => batch.Candidate.Events == 20 && batch.Baseline.Events == 20);

        MetricSample[] Jittering(double by) => Windows.Many(300, 1, by, (from, at, i) => MetricSample.Ratio(from, at.AddMilliseconds((random.NextDouble() * 300) - 150), 0, 20));
    }

    [TestCase(1, 1, 1, 1)]
    [TestCase(1, 15, 1, 15)]
    [TestCase(15, 15, 1, 15)]
    [TestCase(15, 15, 10, 20)]
    [TestCase(1.02, 1.1, 1, 1)]
    [TestCase(1.5, 1, 1, 2)]
    [TestCase(0.1, 0.1, 1, 1)]
    [TestCase(1, 1, 5, 5)]
    public void Length_OfABatch_HoldsAUsualSample(double candidate, double baseline, double asked, double expected)
    {
        MetricWindow window = Windows.Of(Errors, Windows.Ratios(200, _ => 0, 20, candidate), Windows.Ratios(200, _ => 0, 20, baseline));

        new MetricBatches(Errors, window, TimeSpan.FromSeconds(asked)).Grid!.Length.TotalSeconds.Should().Be(expected);
    }

    /// <summary>One long sample among the first doesn't make all batches long.</summary>
    [Test]
    public void Length_AfterOneLongSample_IsTheUsualOne()
    {
        MetricSample[] samples = Windows.Ratios(60, _ => 0);
        samples[0] = samples[0] with { From = samples[0].From.AddMinutes(-1) };

        new MetricBatches(Errors, Windows.Of(Errors, samples, samples), TimeSpan.FromSeconds(1)).Grid!.Length.Should().Be(TimeSpan.FromSeconds(1));
    }

    [Test]
    public void Read_WhereASideIsSilent_GivesItsBatchesAsEmpty()
    {
        MetricSample[] candidate = [.. Windows.Ratios(60, _ => 1).Where((_, i) => i is < 20 or >= 30)];
        MetricSample[] baseline = [.. Windows.Ratios(60, _ => 2).Where((_, i) => i is < 25 or >= 30)];

        IReadOnlyList<Batch> batches = Read(Windows.Of(Errors, candidate, baseline));

        batches.Should().HaveCount(59);
        batches[19].Should().Be(new Batch(new SideCounts(20, 1), new SideCounts(20, 2)));
        batches[20].Should().Be(new Batch(default, new SideCounts(20, 2)));
        batches[27].Should().Be(default(Batch));
        batches[30].Should().Be(new Batch(new SideCounts(20, 1), new SideCounts(20, 2)));
    }

    /// <summary>What one side did before the other began tells how its errors come.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public void Read_WhereASideBeganBefore_GivesItsBatchesAlone(bool candidateFirst)
    {
        MetricSample[] early = Windows.Ratios(30, _ => 1);
        MetricSample[] late = [.. early.Skip(10)];

        IReadOnlyList<Batch> batches = Read(candidateFirst ? Windows.Of(Errors, early, late) : Windows.Of(Errors, late, early));

        batches.Should().HaveCount(29);
        batches.Take(10).Should().OnlyContain(batch => (candidateFirst ? batch.Baseline : batch.Candidate) == default);
        batches.Skip(10).Should().OnlyContain(batch => batch.Baseline == batch.Candidate && batch.Baseline.Events == 20);
    }

    [Test]
    public void Read_OfThreeSamplesOfEach_Begins()
    {
        MetricSample[] samples = Windows.Ratios(3, _ => 1);

        Read(Windows.Of(Errors, samples, samples)).Should().HaveCount(2);
    }

    /// <summary>A batch counts once both sides have told of a time after it.</summary>
    [Test]
    public void Read_WhereASideIsBehind_WaitsForIt()
    {
        MetricSample[] samples = Windows.Ratios(60, _ => 1);

        Read(Windows.Of(Errors, samples, samples.Take(30))).Should().HaveCount(29);
        Read(Windows.Of(Errors, samples.Take(10), samples)).Should().HaveCount(9);
    }

    /// <summary>Clocks that are wrong by centuries end in a reason, not in a loop.</summary>
    [Test]
    public void Read_OfMomentsThatCannotBe_Ends()
    {
        MetricSample[] samples = Windows.Ratios(60, _ => 1);
        MetricSample late = MetricSample.Ratio(samples[^1].At, samples[^1].At.AddYears(300), 0, 20);
        var batches = new MetricBatches(Errors, Windows.Of(Errors, [.. samples, late], [.. samples, late]), TimeSpan.FromSeconds(1));

        batches.Read().Count().Should().Be(1_000_000);

        batches.Problem.Should().Contain("take longer ones");
    }

    private static IReadOnlyList<Batch> Read(MetricWindow window) => [.. new MetricBatches(Errors, window, TimeSpan.FromSeconds(1)).Read()];

    private static MetricSample[] Irregular(Random random)
    {
        List<MetricSample> samples = [];
        double from = random.NextDouble() * 3;
        while (from < 120)
        {
            double at = from + 0.2 + (random.NextDouble() * 1.8);
            samples.Add(MetricSample.Ratio(Windows.Start.AddSeconds(from), Windows.Start.AddSeconds(at), random.Next(3), 3 + (random.NextDouble() * 20)));
            from = random.Next(15) == 0 ? at + (random.NextDouble() * 6) : at;
        }

        return [.. samples];
    }
}
