using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload;

namespace Deployment.Benchmarks.Figures;

/// <summary>From the decision to go back to a revision that still stands, to the first answer that a user gets from it.</summary>
internal sealed class RollbackTime() : Benchmark("warm-rollback")
{
    private const double LimitMilliseconds = 50;
    private const int Count = 200;
    private const int WarmUp = 10;

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        await using var application = new LocalApplication(disk.NewPath());
        await application.InstallAsync(1);
        await application.InstallAsync(2);
        await application.RouteAsync(1);
        var samples = new Samples();
        for (int round = -WarmUp; round < Count; round++)
        {
            int back = round % 2 == 0 ? 2 : 1;
            Task<(long Ready, long Served)> user = Task.Run(() => application.FirstAnswerAsync(back));
            long decided = Clock.Now;
            await application.RouteAsync(back);
            if (round >= 0)
            {
                samples.Add(Clock.Between(decided, (await user).Served));
            }
        }

        yield return new Figure(Name, samples.MedianMilliseconds, "ms", "the limit", LimitMilliseconds);
        yield return new Figure(Name + "-p99", samples.Percentile99Milliseconds, "ms", "the limit", LimitMilliseconds);
    }
}
