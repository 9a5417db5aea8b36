using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload.Judges;

namespace Deployment.Benchmarks.Figures;

/// <summary>
/// How soon a candidate with 5% errors beside a baseline with 0.5% is found, at 20 answers a second each, and how many users got an error
/// by then: the sequential comparison beside one as Kayenta defines it that is looked at every 5 minutes, on the same streams.
/// What is not found within an hour counts as an hour.
/// </summary>
internal sealed class JudgesDetection(int runs) : Benchmark("judges-detection")
{
    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        foreach (StreamKind kind in StreamKind.All)
        {
            await Task.Yield();
            IReadOnlyList<Verdicts> verdicts = Verdicts.Of(
                kind,
                new JudgedTraffic(20, 0.05, 0.005, 3600),
                runs,
                [() => new SequentialJudge(), () => new KayentaJudge(secondsBetweenLooks: 300, secondsOfAPoint: 10)]);
            await Console.Error.WriteLineAsync($"| {kind.Name} | {string.Join(" | ", verdicts.Select(verdict => verdict.Table))} |");
            yield return Of($"{Name}, {kind.Name}", verdicts, verdict => verdict.QuantileOfSeconds(0.5), "s");
            yield return Of($"{Name}-p95, {kind.Name}", verdicts, verdict => verdict.QuantileOfSeconds(0.95), "s");
            yield return Of($"{Name}-users, {kind.Name}", verdicts, verdict => verdict.QuantileOfHit(0.5), "errors");
            yield return Of($"{Name}-users-p95, {kind.Name}", verdicts, verdict => verdict.QuantileOfHit(0.95), "errors");
        }
    }

    private static Figure Of(string name, IReadOnlyList<Verdicts> verdicts, Func<Verdicts, double> value, string unit) =>
        new(name, value(verdicts[0]), unit, "the comparison as Kayenta defines it, every 5 minutes", value(verdicts[1]));
}
