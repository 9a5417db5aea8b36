using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload;

namespace Deployment.Benchmarks.Figures;

/// <summary>From "the application is ready" to the first answer that a user gets from the new revision, beside somebody who looks once a second.</summary>
internal sealed class SwitchTime() : Benchmark("ready-to-served")
{
    private const double LimitMilliseconds = 50;
    private const int Count = 100;
    private const int OfPoller = 5;
    private const int WarmUp = 3;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        await using var application = new LocalApplication(disk.NewPath());
        await application.InstallAsync(1);
        await application.RouteAsync(1);
        var ours = new Samples();
        var poller = new Samples();
        int version = 1;
        for (int round = -WarmUp; round < Count; round++)
        {
            TimeSpan taken = await OneAsync(application, ++version, polled: false);
            if (round >= 0)
            {
                ours.Add(taken);
                if (round % OfPoller == 0)
                {
                    poller.Add(await OneAsync(application, ++version, polled: true));
                }
            }
        }

        yield return new Figure(Name, ours.MedianMilliseconds, "ms", "a look once a second", poller.MedianMilliseconds);
        yield return new Figure(Name + "-p99", ours.Percentile99Milliseconds, "ms", "the limit", LimitMilliseconds);
    }

    private static async Task<TimeSpan> OneAsync(LocalApplication application, int version, bool polled)
    {
        Task<(long Ready, long Served)> user = Task.Run(() => application.FirstAnswerAsync(version));
        Task install = application.InstallAsync(version);
        while (polled && !await application.StandsAsync(version))
        {
            await Task.Delay(Second, TimeProvider.System, CancellationToken.None);
        }

        await install;
        await application.RouteAsync(version);
        (long ready, long served) = await user;
        await application.RemoveAsync(version - 1);
        return Clock.Between(ready, served);
    }
}
