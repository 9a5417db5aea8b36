using System.Globalization;
using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload.Judges;

namespace Deployment.Benchmarks.Figures;

/// <summary>
/// How often judges call a candidate worse that has the same errors as its baseline, and one that has 2, 5 and 10 times as many, on the
/// same streams: ten minutes of 20 answers a second each, 0.5% of them bad, of which neighbours have to do with each other or not.
/// </summary>
internal sealed class JudgesFalseAlarms(int runs) : Benchmark("judges-false-alarms")
{
    private const double Chosen = 0.01;

    /// <summary>The same for each row, with the defaults, which were chosen by trials with other seeds.</summary>
    private static readonly (string Name, Func<StreamJudge> Create)[] Judges =
    [
        ("sequential", () => new SequentialJudge()),
        ("kayenta", () => new KayentaJudge(secondsBetweenLooks: 300, secondsOfAPoint: 10)),
        ("repeated", () => new RepeatedProportions()),
    ];

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        foreach (StreamKind kind in StreamKind.All)
        {
            foreach (int times in new[] { 1, 2, 5, 10 })
            {
                await Task.Yield();
                IReadOnlyList<Verdicts> verdicts = Verdicts.Of(kind, new JudgedTraffic(20, 0.005 * times, 0.005, 600), runs, [.. Judges.Select(judge => judge.Create)]);
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| {kind.Name} | {times} times | {string.Join(" | ", verdicts.Select(verdict => verdict.Rate.ToString("P2", CultureInfo.InvariantCulture)))} |"));
                for (int i = 0; i < Judges.Length; i++)
                {
                    if (times == 1)
                    {
                        yield return new Figure($"{Name}, {Judges[i].Name}, {kind.Name}", 100 * verdicts[i].Rate, "% of runs", "the rate that was chosen", 100 * Chosen) { MayBeZero = true };
                    }
                }
            }
        }
    }
}
