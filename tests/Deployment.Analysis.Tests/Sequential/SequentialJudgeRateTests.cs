using Deployment.Benchmarks.Workload.Streams;

namespace Deployment.Analysis.Tests.Sequential;

/// <summary>
/// Small simulations with fixed seeds through the judge itself, which is asked every second for two minutes: 300 pairs of streams each. At a rate of 1%,
/// 3 alarms of 300 are expected at most; more than 7 come in 1.2% of such simulations.
/// </summary>
[Category("Unit")]
public sealed class SequentialJudgeRateTests
{
    private const int Runs = 300;
    private const int Seconds = 120;

    [TestCase("independent")]
    [TestCase("bursts")]
    public void Judge_OfEqualReleases_KeepsItsRate(string stream) =>
        Found(stream, 0.005, 0.005, new SequentialOptions()).Count(second => second is not null).Should().BeLessThanOrEqualTo(7);

    /// <summary>The streams are hard: without the dispersion many of them are called worse.</summary>
    [Test]
    public void Judge_WithoutTheDispersion_BreaksItsRate() =>
        Found("bursts", 0.005, 0.005, new SequentialOptions { Prior = null }).Count(second => second is not null).Should().BeGreaterThan(Runs / 10);

    [Test]
    public void Judge_OfTenTimesTheErrors_FindsThemInHalfAMinute()
    {
        int[] found = [.. Found("independent", 0.05, 0.005, new SequentialOptions()).Select(second => second ?? int.MaxValue).Order()];

        found[Runs / 2].Should().BeLessThanOrEqualTo(33, "the comparison takes 29 s, and a batch is complete a second later");
        found[Runs * 95 / 100].Should().BeLessThanOrEqualTo(56);
    }

    private static IEnumerable<int?> Found(string stream, double candidate, double baseline, SequentialOptions options)
    {
        MetricJudge judge = Metric.ErrorRate.IsWorseThanBaseline(options).Judge;
        return Enumerable.Range(0, Runs).Select(run =>
        {
            var random = new Random(4_000_037 + run);
            MetricSample[] ours = Samples(Of(stream), candidate, random);
            MetricSample[] theirs = Samples(Of(stream), baseline, random);
            int second = Enumerable.Range(1, Seconds).FirstOrDefault(second => judge.Judge(Windows.Of(Metric.ErrorRate, ours.Take(second), theirs.Take(second), second)).Result == JudgementResult.Worse);
            return second == 0 ? (int?)null : second;
        });
    }

    private static ErrorStream Of(string name) => name == "bursts" ? new BurstsOfErrors(5) : new IndependentErrors();

    private static MetricSample[] Samples(ErrorStream stream, double share, Random random) => Windows.Ratios(Seconds, _ => stream.Next(20, share, random));
}
