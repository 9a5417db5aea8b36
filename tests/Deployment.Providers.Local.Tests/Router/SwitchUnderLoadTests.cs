using System.Collections.Concurrent;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Router;

public sealed class SwitchUnderLoadTests : LocalFixture
{
    private const int Clients = 8;
    private const int Switches = 20;

    [Test]
    [CancelAfter(240_000)]
    public async Task TwentySwitches_UnderLoadOfKeepAliveClients_NoRequestFails(CancellationToken cancellationToken)
    {
        (IReadOnlyCollection<string> failures, int requests) = await SwitchAsync(Target, Switches, cancellationToken);

        failures.Should().BeEmpty();
        requests.Should().BeGreaterThan(Switches * Clients, "the load went on through all switches");
    }

    // The negative control: the same load and the same check, with the wait for requests in flight turned off.
    [Test]
    [CancelAfter(240_000)]
    public async Task Switches_WithoutDrainAndOldRevisionRemovedAtOnce_RequestsFail(CancellationToken cancellationToken)
    {
        LocalTarget hasty = Listening(options =>
        {
            options.DrainDeadline = TimeSpan.Zero;
            options.StopGrace = TimeSpan.Zero;
        });

        (IReadOnlyCollection<string> failures, _) = await SwitchAsync(hasty, 3, cancellationToken);

        failures.Should().NotBeEmpty();
    }

    private async Task<(IReadOnlyCollection<string> Failures, int Requests)> SwitchAsync(LocalTarget target, int switches, CancellationToken cancellationToken)
    {
        await RunAsync(target.Install(App(1)), target: target);
        await RunAsync(target.Route(TrafficSplit.AllTo(Id(1))), target: target);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var failures = new ConcurrentQueue<string>();
        Task<int>[] load = [.. Enumerable.Range(0, Clients).Select(number => Task.Run(() => LoadAsync(number, failures, stop.Token), CancellationToken.None))];
        for (int version = 2; version <= switches + 1; version++)
        {
            await RunAsync(target.Install(App(version)), target: target);
            await RunAsync(target.Route(TrafficSplit.AllTo(Id(version))), target: target);
            await RunAsync(target.Remove(Id(version - 1)), target: target);
        }

        await stop.CancelAsync();
        int requests = (await Task.WhenAll(load)).Sum();
        return (failures, requests);
    }

    // Each client keeps one connection and sends quick ones, slow ones and bodies in turn; it never repeats any.
    private async Task<int> LoadAsync(int number, ConcurrentQueue<string> failures, CancellationToken stop)
    {
        int sent = 0;
        RawClient client = await RawClient.ConnectAsync(Port);
        while (!stop.IsCancellationRequested)
        {
            string body = $"{number}-{sent++}-{new string('x', 3000)}";
            try
            {
                RawAnswer answer = (sent % 3) switch
                {
                    0 => await client.GetAsync("/"),
                    1 => await client.PostAsync("/echo", body),
                    _ => await client.PostAsync("/slow?ms=150", body),
                };
                bool whole = sent % 3 == 0 ? answer.Body.StartsWith('v') : answer.Body.EndsWith(":" + body, StringComparison.Ordinal);
                if (answer.Status != 200 || !whole)
                {
                    failures.Enqueue($"{answer.Status} {answer.Body}");
                }
            }
            catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
            {
                failures.Enqueue(error.Message);
                client.Dispose();
                client = await RawClient.ConnectAsync(Port);
            }
        }

        client.Dispose();
        return sent;
    }
}
