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
    private const int Seconds = 6;
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

        yield return new Figure($"{Name}, image ready to first answer", served.MedianMilliseconds, "ms", "a look once a second", servedOfPoller.MedianMilliseconds);
        yield return new Figure($"{Name}, rollback", back.MedianMilliseconds, "ms", "starting the old one, with a look once a second", backOfPoller.MedianMilliseconds);
        await site.InstallAsync(++version);
        Wrk quiet = await Wrk.RunAsync(site.Port, Connections, Seconds);
        using var stop = new CancellationTokenSource();
        Task switching = SwitchAsync(site, version, stop.Token);
        Wrk switched = await Wrk.RunAsync(site.Port, Connections, Seconds);
        await stop.CancelAsync();
        await switching;
        yield return new Figure($"{Name}, requests during switches", switched.RequestsPerSecond, "requests/s", "no switches", quiet.RequestsPerSecond);
        yield return new Figure($"{Name}, p99 during switches", switched.P99, "ms", "no switches", quiet.P99);
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
        }
    }
}
