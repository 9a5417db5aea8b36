using System.Collections.Immutable;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Providers.Local.Tests.Support.Load;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Router;

/// <summary>Every kind of client, while traffic is switched to and fro between two revisions, on a port in clear text and on one with TLS.</summary>
public sealed class SwitchUnderLoadTests : LocalFixture
{
    private static IEnumerable<string> Kinds => LoadKind.All.Select(kind => kind.Name);

    [Test]
    [CancelAfter(300_000)]
    public Task HundredSwitches_UnderLoad_NoRequestFails(CancellationToken cancellationToken) => NoneFailsAsync(100, cancellationToken);

    [Test]
    [Category("Soak")]
    [CancelAfter(3_600_000)]
    public Task ThousandSwitches_UnderLoad_NoRequestFails(CancellationToken cancellationToken) => NoneFailsAsync(1000, cancellationToken);

    // The negative control: the same load and the same check, with the wait for requests in flight turned off.
    [Test]
    [CancelAfter(300_000)]
    public async Task Switches_WithoutDrain_RequestsFail(CancellationToken cancellationToken)
    {
        (LoadMix load, _) = await SwitchAsync(LoadKind.All, 5, WithoutDrain, cancellationToken);

        load.Failed.Should().BePositive(load.Report);
    }

    // The same for each kind: none of them passes just because nothing of it was ever in danger.
    [TestCaseSource(nameof(Kinds))]
    [CancelAfter(120_000)]
    public async Task Switches_WithoutDrain_RequestsOfThisKindFail(string kind, CancellationToken cancellationToken)
    {
        (LoadMix load, _) = await SwitchAsync([LoadKind.All.Single(one => one.Name == kind)], 5, WithoutDrain, cancellationToken);

        load.Failed.Should().BePositive(load.Report);
    }

    // Real processes that end and begin: fewer, because each takes its time to start.
    [Test]
    [CancelAfter(300_000)]
    public async Task SwitchesWithInstallAndRemove_UnderLoad_NoRequestFails(CancellationToken cancellationToken)
    {
        LoadKind[] kinds = [.. LoadKind.All.Select(kind => kind with { Connections = 3 })];
        ImmutableArray<LoadedTarget> targets = await InstallAsync(kinds, _ => { });
        LoadMix load = await UnderLoadAsync(kinds, targets, () => AllAsync(targets, async target =>
        {
            for (int version = 2; version <= 6; version++)
            {
                await RunAsync(target.Target.Install(App(version)), target: target.Target);
                target.Serving.Begin($"v{version}");
                await RunAsync(target.Target.Route(TrafficSplit.AllTo(Id(version))), target: target.Target);
                target.Serving.End($"v{version - 1}");
                await RunAsync(target.Target.Remove(Id(version - 1)), target: target.Target);
            }
        }), cancellationToken);

        NoneFailed(load, 5);
    }

    private async Task NoneFailsAsync(int switches, CancellationToken cancellationToken)
    {
        (LoadMix load, long seen) = await SwitchAsync(LoadKind.All, switches, _ => { }, cancellationToken);

        NoneFailed(load, switches);
        seen.Should().Be(load.Requests, "neither a client nor the router sent a request twice; {0}", load.Report);
    }

    private static void NoneFailed(LoadMix mix, int switches)
    {
        TestContext.Out.WriteLine(mix.Report);
        mix.Failed.Should().Be(0, mix.Report);
        foreach ((LoadKind kind, LoadGenerator load) in mix.Loads)
        {
            load.Versions.Keys.Should().Contain(["v1", "v2"], "clients of {0} reached both revisions; {1}", kind.Name, mix.Report);
            load.Answered.Should().BeGreaterThan(switches * kind.Connections, "the load of {0} went on through all switches; {1}", kind.Name, mix.Report);
            load.OverSwitches.Should().BePositive("some requests of {0} were under way when a switch came; {1}", kind.Name, mix.Report);
            if (!kind.Stays)
            {
                load.Connected.Should().Be(kind.Connections, "no connection of {0} was closed; {1}", kind.Name, mix.Report);
            }
        }
    }

    private static void WithoutDrain(LocalTargetOptions options) => options.DrainDeadline = TimeSpan.Zero;

    // Two revisions that stand and are switched between. As soon as a switch away from one has been confirmed, that one breaks off all that
    // it still does and all that comes, as its removal would, until it is about to be given traffic again.
    private async Task<(LoadMix Load, long Seen)> SwitchAsync(IReadOnlyList<LoadKind> kinds, int switches, Action<LocalTargetOptions> configure, CancellationToken cancellationToken)
    {
        ImmutableArray<LoadedTarget> targets = await InstallAsync(kinds, configure);
        await AllAsync(targets, target => RunAsync(target.Target.Install(App(2)), target: target.Target));
        LoadMix load = await UnderLoadAsync(kinds, targets, () => AllAsync(targets, async target =>
        {
            for (int count = 0; count < switches; count++)
            {
                int old = (count % 2) + 1;
                int fresh = 3 - old;
                await target.GateAsync(Id(fresh), open: true, cancellationToken);
                target.Serving.Begin($"v{fresh}");
                await RunAsync(target.Target.Route(TrafficSplit.AllTo(Id(fresh))), target: target.Target);
                target.Serving.End($"v{old}");
                await target.GateAsync(Id(old), open: false, cancellationToken);
            }
        }), cancellationToken);
        long seen = 0;
        foreach (LoadedTarget target in targets)
        {
            seen += await target.SeenAsync(Id(1), cancellationToken) + await target.SeenAsync(Id(2), cancellationToken);
        }

        return (load, seen);
    }

    // With TLS all is spoken to the instances in HTTP/2, in clear text only gRPC.
    private async Task<ImmutableArray<LoadedTarget>> InstallAsync(IReadOnlyList<LoadKind> kinds, Action<LocalTargetOptions> configure)
    {
        List<LoadedTarget> targets = [];
        if (kinds.Any(kind => !kind.IsSecure))
        {
            targets.Add(new LoadedTarget(Listening(configure), Port));
        }

        if (kinds.Any(kind => kind.IsSecure))
        {
            int port = OtherPort();
            targets.Add(new LoadedTarget(
                ListeningSecurely(port, options =>
                {
                    options.Router.UpstreamProtocol = UpstreamProtocol.Http2;
                    configure(options);
                }),
                port));
        }

        await AllAsync(targets, async target =>
        {
            await RunAsync(target.Target.Install(App(1)), target: target.Target);
            await RunAsync(target.Target.Route(TrafficSplit.AllTo(Id(1))), target: target.Target);
            target.Serving.Begin("v1");
        });
        return [.. targets];
    }

    private static async Task<LoadMix> UnderLoadAsync(IEnumerable<LoadKind> kinds, ImmutableArray<LoadedTarget> targets, Func<Task> act, CancellationToken cancellationToken)
    {
        var load = new LoadMix(kinds.Select(kind =>
        {
            LoadedTarget target = kind.IsSecure ? targets[^1] : targets[0];
            return (kind, kind.Against(target.Port, target.Serving));
        }));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task running = load.RunAsync(stop.Token);
        try
        {
            await UntilAsync(() => Task.FromResult(load.HasBegun), "the load has begun");
            await act();
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }

        return load;
    }

    private static Task AllAsync(IEnumerable<LoadedTarget> targets, Func<LoadedTarget, Task> act) => Task.WhenAll(targets.Select(act));
}
