using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Router;

public sealed class SlowClientsTests : LocalFixture
{
    private const int Wanted = 10_000;

    // More than a connection may cost, less than what would hurt.
    private const long BytesEach = 24 * 1024;

    // A byte a minute is, within this test, one byte and then none: what the router sees is the same until it cuts the client off.
    [Test]
    [CancelAfter(240_000)]
    public async Task TenThousandSilentClients_OthersAreServedAndTheyAreCutOff(CancellationToken cancellationToken)
    {
        int count = Math.Min(Wanted, (OpenFiles() - 1000) / 10 * 10);
        count.Should().BeGreaterThan(500, "the system must let a process open some files");
        LocalTarget target = Listening(options => options.Router.Limits.HeaderTimeout = TimeSpan.FromSeconds(20));
        await RunAsync(target.Install(App(1)), target: target);
        await RunAsync(target.Route(TrafficSplit.AllTo(Id(1))), target: target);
        using RawClient other = await RawClient.ConnectAsync(Port);
        (await other.GetAsync("/")).Status.Should().Be(200);
        long before = await MemoryAsync();
        Socket[] silent = await OpenAsync(count, cancellationToken);
        try
        {
            for (int i = 0; i < 200; i++)
            {
                (await other.GetAsync("/")).Body.Should().Be("v1", "others are served all the while");
            }

            long each = (await MemoryAsync() - before) / count;
            TestContext.Out.WriteLine($"{count} connections, {each} bytes each.");
            each.Should().BeLessThan(BytesEach);
            await AllClosedAsync(silent, cancellationToken);
        }
        finally
        {
            foreach (Socket socket in silent)
            {
                socket.Dispose();
            }
        }

        (await other.GetAsync("/")).Status.Should().Be(200);
        (await Host.CountersAsync(Port, cancellationToken))[Id(1)].Errors.Should().Be(0);
    }

    private async Task<Socket[]> OpenAsync(int count, CancellationToken cancellationToken)
    {
        var sockets = new Socket[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancellationToken }, async (i, stop) =>
        {
            sockets[i] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await sockets[i].ConnectAsync(IPAddress.Loopback, Port, stop);
            await sockets[i].SendAsync("G"u8.ToArray(), stop);
        });
        return sockets;
    }

    private static async Task AllClosedAsync(Socket[] sockets, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[4096];
        foreach (Socket socket in sockets)
        {
            try
            {
                // An answer (408) may come first; what counts is the end.
                while (await socket.ReceiveAsync(buffer, cancellationToken) > 0)
                {
                }
            }
            catch (SocketException)
            {
                // Reset is an end, too.
            }
        }
    }

    private async Task<long> MemoryAsync()
    {
        using var process = Process.GetProcessById((await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, CancellationToken.None))!.ProcessId);
        return process.WorkingSet64;
    }

    private static int OpenFiles() =>
        int.Parse(File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture);
}
