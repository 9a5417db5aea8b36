using Deployment.Analysis.Sequential;
using Deployment.Benchmarks.Workload.Streams;
using MathNet.Numerics.Distributions;

namespace Deployment.Analysis.Tests.Sequential;

/// <summary>
/// Small simulations with fixed seeds: streams without a difference, looked at every second for ten minutes, at a rate of 1%. The
/// benchmark of the judges has them with 10,000 runs. Their twins show that the streams are hard: what leaves the safeguard out fails.
/// </summary>
[Category("Unit")]
public sealed class FalseAlarmTests
{
    private const int Runs = 300;
    private const int Seconds = 600;
    private const int Answers = 20;

    private static readonly Dictionary<string, Func<ErrorStream>> Streams = new()
    {
        ["independent"] = () => new IndependentErrors(),
        ["bursts"] = () => new BurstsOfErrors(5),
        ["answers 0.5"] = () => new CorrelatedAnswers(0.5),
        ["answers 0.8"] = () => new CorrelatedAnswers(0.8),
        ["seconds 0.5"] = () => new CorrelatedSeconds(0.5),
        ["seconds 0.8"] = () => new CorrelatedSeconds(0.8),
    };

    /// <summary>At a rate of 1%, 3 alarms of 300 are expected at most; more than 7 come in 1.2% of such simulations.</summary>
    [Test]
    public void SequentialComparison_OfEqualVersions_KeepsItsRate(
        [Values("independent", "bursts", "answers 0.5", "answers 0.8", "seconds 0.5", "seconds 0.8")] string stream,
        [Values(0.005, 0.05)] double share) =>
        Alarms(stream, share, () => Sequential(new SequentialOptions())).Should().BeLessThanOrEqualTo(7);

    [TestCase("bursts")]
    [TestCase("answers 0.8")]
    [TestCase("seconds 0.8")]
    public void SequentialComparison_WithoutTheDispersion_BreaksItsRate(string stream) =>
        Alarms(stream, 0.005, () => Sequential(new SequentialOptions { Prior = null })).Should().BeGreaterThan(Runs / 3);

    /// <summary>Independent answers need no dispersion, only that looking again is allowed for.</summary>
    [Test]
    public void SequentialComparison_WithoutTheDispersionOnIndependentAnswers_KeepsItsRate() =>
        Alarms("independent", 0.005, () => Sequential(new SequentialOptions { Prior = null })).Should().BeLessThanOrEqualTo(7);

    [TestCase("independent", 0.05)]
    [TestCase("seconds 0.8", 0.4)]
    public void RepeatedTestOfProportions_OfEqualVersions_BreaksItsRate(string stream, double atLeast) =>
        Alarms(stream, 0.05, RepeatedTest).Should().BeGreaterThan((int)(Runs * atLeast));

    [Test]
    public void SequentialComparison_OfTenTimesTheErrors_FindsThemInHalfAMinute()
    {
        double[] found = [.. Enumerable.Range(0, Runs).Select(run => (double?)FoundAt(run, new IndependentErrors(), new IndependentErrors(), 0.05, 0.005, Sequential(new SequentialOptions())) ?? Seconds).Order()];

        found[Runs / 2].Should().BeLessThanOrEqualTo(32);
        found[Runs * 95 / 100].Should().BeLessThanOrEqualTo(55);
    }

    private static int Alarms(string stream, double share, Func<Func<Batch, bool>> judge) =>
        Enumerable.Range(0, Runs).Count(run => FoundAt(run, Streams[stream](), Streams[stream](), share, share, judge()) is not null);

    private static int? FoundAt(int run, ErrorStream candidate, ErrorStream baseline, double candidateShare, double baselineShare, Func<Batch, bool> isWorse)
    {
        var random = new Random(1_000_003 + run);
        for (int second = 1; second <= Seconds; second++)
        {
            if (isWorse(new Batch(new SideCounts(Answers, candidate.Next(Answers, candidateShare, random)), new SideCounts(Answers, baseline.Next(Answers, baselineShare, random)))))
            {
                return second;
            }
        }

        return null;
    }

    private static Func<Batch, bool> Sequential(SequentialOptions options)
    {
        var comparison = new SequentialComparison(options);
        return batch => comparison.Add(batch).IsWorse;
    }

    /// <summary>The one-sided test of two proportions at 1%, as if each look were the only one.</summary>
    private static Func<Batch, bool> RepeatedTest()
    {
        double limit = Normal.InvCDF(0, 1, 0.99);
        SideCounts candidate = default;
        SideCounts baseline = default;
        return batch =>
        {
            candidate += batch.Candidate;
            baseline += batch.Baseline;
            double pooled = (candidate + baseline).BadShare;
            double deviation = Math.Sqrt(pooled * (1 - pooled) * ((1.0 / candidate.Events) + (1.0 / baseline.Events)));
            return deviation > 0 && candidate.Bad >= 10 && (candidate.BadShare - baseline.BadShare) / deviation > limit;
        };
    }
}
