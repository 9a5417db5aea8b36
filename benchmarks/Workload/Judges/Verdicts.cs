using System.Globalization;
using Deployment.Analysis.Sequential;

namespace Deployment.Benchmarks.Workload.Judges;

/// <summary>When a judge called the candidate worse, over many runs on the same traffic; where it did not, the run's end counts.</summary>
/// <param name="Rate">In which share of runs it did.</param>
/// <param name="Seconds">After how many seconds, in order.</param>
/// <param name="Hit">How many bad answers of the candidate users had got by then, in order.</param>
internal sealed record Verdicts(double Rate, IReadOnlyList<double> Seconds, IReadOnlyList<double> Hit)
{
    /// <summary>A row of a table: the rate, median and 95th percentile of the time, and of the bad answers.</summary>
    internal string Table => string.Create(CultureInfo.InvariantCulture, $"{Rate:P1} | {Quantile(Seconds, 0.5)} s, {Quantile(Seconds, 0.95)} s | {Quantile(Hit, 0.5)}, {Quantile(Hit, 0.95)}");

    internal double QuantileOfSeconds(double share) => Quantile(Seconds, share);

    internal double QuantileOfHit(double share) => Quantile(Hit, share);

    /// <summary>Shows judges the same streams, run by run.</summary>
    internal static IReadOnlyList<Verdicts> Of(StreamKind kind, JudgedTraffic traffic, int runs, IReadOnlyList<Func<StreamJudge>> judges)
    {
        var all = new Verdict[runs][];
        Parallel.For(0, runs, run => all[run] = Run(new JudgedStreams(kind, traffic, run), traffic.Seconds, [.. judges.Select(create => create())]));
        return
        [
            .. judges.Select((_, judge) => new Verdicts(
                all.Average(run => run[judge].Found ? 1.0 : 0),
                [.. all.Select(run => (double)run[judge].Second).Order()],
                [.. all.Select(run => (double)run[judge].Hit).Order()])),
        ];
    }

    private static Verdict[] Run(JudgedStreams streams, int seconds, StreamJudge[] judges)
    {
        var first = new Verdict?[judges.Length];
        long hit = 0;
        for (int second = 1; second <= seconds && first.Any(verdict => verdict is null); second++)
        {
            Batch batch = streams.Next();
            hit += batch.Candidate.Bad;
            for (int i = 0; i < judges.Length; i++)
            {
                if (first[i] is null && judges[i].IsWorse(batch))
                {
                    first[i] = new Verdict(Found: true, second, hit);
                }
            }
        }

        return [.. first.Select(verdict => verdict ?? new Verdict(Found: false, seconds, hit))];
    }

    private static double Quantile(IReadOnlyList<double> ordered, double share) => ordered[Math.Max(0, (int)Math.Ceiling(share * ordered.Count) - 1)];

    private sealed record Verdict(bool Found, int Second, long Hit);
}
