using System.Diagnostics;
using System.Net.Sockets;
using Deployment.Benchmarks.Measuring;

namespace Deployment.Benchmarks.Workload;

/// <summary>A server that listens on a port of 127.0.0.1 until it is disposed of.</summary>
internal sealed class ChildServer : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private readonly Process _process;

    private ChildServer(Process process) => _process = process;

    internal static async Task<ChildServer> StartAsync(string program, int port, params string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.Find(program)) { RedirectStandardError = true, RedirectStandardOutput = true };
        Array.ForEach(arguments, start.ArgumentList.Add);
        var server = new ChildServer(Process.Start(start)!);
        long begin = Clock.Now;
        while (!await AcceptsAsync(port))
        {
            if (server._process.HasExited || Clock.Since(begin) > StartLimit)
            {
                server.Dispose();
                throw new BenchmarkException($"{program} does not listen on port {port}: {string.Join(' ', arguments)}");
            }

            await Task.Delay(20);
        }

        return server;
    }

    /// <summary>What it and its children hold in memory, without counting what they share twice.</summary>
    internal long Memory() => new[] { _process.Id }.Concat(Children(_process.Id)).Sum(Proportional);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            // Its children end with it.
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static IEnumerable<int> Children(int process) =>
        File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);

    private static long Proportional(int process) =>
        File.ReadLines($"/proc/{process}/smaps_rollup").Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024);

    private static async Task<bool> AcceptsAsync(int port)
    {
        using var probe = new TcpClient();
        try
        {
            await probe.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
