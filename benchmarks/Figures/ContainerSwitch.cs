using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload;

namespace Deployment.Benchmarks.Figures;

/// <summary>
/// Containers behind HAProxy: from the image on the host to the first answer of the new revision, and back, beside somebody who looks once a second; and
/// what users notice of switches.
/// </summary>
internal sealed class ContainerSwitch() : Benchmark("container-switch")
{
    private const int Rounds = 20;
    private const int OfPoller = 2;
    private const int WarmUp = 2;
    private const int LoadRounds = 5;
    private const int Seconds = 4;
    private const int Connections = 16;

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        await using ContainerSite site = await ContainerSite.StartAsync(disk.NewPath());
        await site.InstallAsync(1);
        await site.RouteAsync(1);
        await site.ServedAsync(1);
        var (served, back, servedOfPoller, backOfPoller) = (new Samples(), new Samples(), new Samples(), new Samples());
        int version = 1;
        for (int round = -WarmUp; round < Rounds; round++)
        {
            bool isPolled = round >= 0 && round % OfPoller == 0;
            (TimeSpan there, TimeSpan andBack) = await OneAsync(site, ++version, isPolled: false);
            if (round >= 0)
            {
                served.Add(there);
                back.Add(andBack);
            }

            if (isPolled)
            {
                (there, andBack) = await OneAsync(site, ++version, isPolled: true);
                servedOfPoller.Add(there);
                backOfPoller.Add(andBack);
            }
        }

        yield return new Figure("container-served", served.MedianMilliseconds, "ms", "a look at the new one once a second", servedOfPoller.MedianMilliseconds);
        yield return new Figure("container-rollback", back.MedianMilliseconds, "ms", "starting the old one anew, with a look once a second", backOfPoller.MedianMilliseconds);
        await site.InstallAsync(++version);
        var (rate, p99, quietRate, quietP99) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (int round = 0; round < LoadRounds; round++)
        {
            Wrk quiet = await Wrk.RunAsync(site.Port, Connections, Seconds);
            using var stop = new CancellationTokenSource();
            Task switching = SwitchAsync(site, version, stop.Token);
            Wrk switched = await Wrk.RunAsync(site.Port, Connections, Seconds);
            await stop.CancelAsync();
            await switching;
            quietRate.Add(quiet.RequestsPerSecond);
            quietP99.Add(quiet.P99);
            rate.Add(switched.RequestsPerSecond);
            p99.Add(switched.P99);
        }

        yield return new Figure("container-requests", Median(rate), "requests/s", "without switches", Median(quietRate));
        yield return new Figure("container-p99", Median(p99), "ms", "without switches", Median(quietP99));
    }

    /// <summary>The new version comes, and goes again: to the one that stands, or as who has kept only its image.</summary>
    private static async Task<(TimeSpan There, TimeSpan Back)> OneAsync(ContainerSite site, int version, bool isPolled)
    {
        await site.RevisionAsync(version);
        long begin = Clock.Now;
        await (isPolled ? site.InstallByPollerAsync(version) : site.InstallAsync(version));
        await site.RouteAsync(version);
        await site.ServedAsync(version);
        TimeSpan there = Clock.Since(begin);
        if (isPolled)
        {
            await site.RemoveAsync(1);
        }

        begin = Clock.Now;
        if (isPolled)
        {
            await site.InstallByPollerAsync(1);
        }

        await site.RouteAsync(1);
        await site.ServedAsync(1);
        TimeSpan back = Clock.Since(begin);
        await site.RemoveAsync(version);
        return (there, back);
    }

    private static async Task SwitchAsync(ContainerSite site, int version, CancellationToken stop)
    {
        for (int to = version; !stop.IsCancellationRequested; to = to == 1 ? version : 1)
        {
            await site.RouteAsync(to);
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
