using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload;

namespace Deployment.Benchmarks.Figures;

/// <summary>The local provider's router under wrk, beside nginx as proxy to the same application.</summary>
internal sealed class RouterLoad() : Benchmark("router-load")
{
    private const int Connections = 64;
    private const int Seconds = 4;
    private const int Rounds = 5;
    private const int WarmUp = 1;

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        using Proxies proxies = await Proxies.StartAsync(disk.NewPath());
        List<Wrk> router = [];
        List<Wrk> nginx = [];
        for (int round = -WarmUp; round < Rounds; round++)
        {
            Wrk one = await Wrk.RunAsync(proxies.RouterPort, Connections, Seconds);
            Wrk other = await Wrk.RunAsync(proxies.NginxPort, Connections, Seconds);
            if (round >= 0)
            {
                router.Add(one);
                nginx.Add(other);
            }
        }

        yield return new Figure("router-requests", Median(router, load => load.RequestsPerSecond), "requests/s", "nginx as proxy", Median(nginx, load => load.RequestsPerSecond));
        yield return new Figure("router-p99", Median(router, load => load.P99), "ms", "nginx as proxy", Median(nginx, load => load.P99));
    }

    private static double Median(List<Wrk> loads, Func<Wrk, double> value) => loads.Select(value).Order().ElementAt(loads.Count / 2);
}
