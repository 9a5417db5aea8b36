using System.Net;
using System.Net.Sockets;
using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload;

namespace Deployment.Benchmarks.Figures;

/// <summary>What the router holds in memory with open connections that have each asked once, beside nginx with as many.</summary>
internal sealed class RouterMemory(int connections) : Benchmark($"router-memory-{connections}")
{
    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n"u8.ToArray();

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        using Proxies proxies = await Proxies.StartAsync(disk.NewPath());
        double router = await MeasureAsync(proxies.RouterPort, proxies.Router);
        double nginx = await MeasureAsync(proxies.NginxPort, proxies.Nginx);
        yield return new Figure(Name, router, "MiB", "nginx with as many connections", nginx);
    }

    private async Task<double> MeasureAsync(int port, ChildServer server)
    {
        Socket[] open = new Socket[connections];
        try
        {
            await Parallel.ForAsync(0, connections, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, stop) =>
            {
                open[i] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await open[i].ConnectAsync(IPAddress.Loopback, port, stop);
                await open[i].SendAsync(Request, stop);
                if (await open[i].ReceiveAsync(new byte[1024], stop) == 0)
                {
                    throw new BenchmarkException($"The proxy closed a connection; {connections} are too many for it.");
                }
            });
            return server.Memory() / (1024.0 * 1024);
        }
        finally
        {
            Array.ForEach(open, socket => socket?.Dispose());
        }
    }
}
