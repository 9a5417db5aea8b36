using Deployment.Providers.Local.Router.Http1;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Router;

/// <summary>The web sockets that are open, by instance. Those of an instance without a share get a grace, each from when that began for it, and are cut then.</summary>
internal sealed class Tunnels(ILogger logger, TimeProvider timeProvider) : IDisposable
{
    private readonly Lock _guard = new();
    private readonly Dictionary<WebSocketTunnel, Open> _open = [];
    private HashSet<Instance>? _served;

    public void Dispose()
    {
        lock (_guard)
        {
            foreach (Open open in _open.Values)
            {
                open.Ending?.Timer?.Dispose();
            }
        }
    }

    /// <summary>Carries one until it ends.</summary>
    public async Task RunAsync(Lane lane, Instance instance, WebSocketTunnel tunnel)
    {
        var open = new Open(instance, TimeSpan.FromSeconds(lane.Upstream.WebSocketGraceSeconds));
        lock (_guard)
        {
            _open.Add(tunnel, open);
            // A tester's; or its request took its lane just before the switch, and the handshake took its time.
            EndWhenNotServed(instance);
        }

        try
        {
            await tunnel.RunAsync();
        }
        finally
        {
            lock (_guard)
            {
                _open.Remove(tunnel);
                Forget(open);
            }
        }
    }

    /// <summary>Told after each switch which instances have a share.</summary>
    public void Follow(IEnumerable<Instance> served)
    {
        lock (_guard)
        {
            _served = [.. served];
            foreach (Instance instance in _open.Values.Select(open => open.Instance).Distinct().ToArray())
            {
                if (_served.Contains(instance))
                {
                    foreach (Open open in Of(instance).ToArray())
                    {
                        Forget(open);
                    }
                }
                else
                {
                    EndWhenNotServed(instance);
                }
            }
        }
    }

    private IEnumerable<Open> Of(Instance instance) => _open.Values.Where(open => open.Instance == instance);

    // Those whose time begins now share a timer.
    private void EndWhenNotServed(Instance instance)
    {
        if (_served?.Contains(instance) != false)
        {
            return;
        }

        foreach (IGrouping<TimeSpan, Open> group in Of(instance).Where(open => open.Ending is null).ToArray().GroupBy(open => open.Grace))
        {
            var ending = new Ending();
            foreach (Open open in group)
            {
                open.Ending = ending;
                ending.Tunnels++;
            }

            ending.Timer = timeProvider.CreateTimer(_ => End(ending), null, group.Key, Timeout.InfiniteTimeSpan);
        }
    }

    // The last one stops the timer.
    private static void Forget(Open open)
    {
        if (open.Ending is { } ending)
        {
            open.Ending = null;
            if (--ending.Tunnels == 0)
            {
                ending.Timer?.Dispose();
            }
        }
    }

    private void End(Ending ending)
    {
        lock (_guard)
        {
            // None when the instance got a share again in this very moment.
            KeyValuePair<WebSocketTunnel, Open>[] late = [.. _open.Where(entry => entry.Value.Ending == ending)];
            ending.Timer?.Dispose();
            if (late is [(_, { Instance.Traffic: { } traffic }), ..])
            {
                traffic.CountWebSocketsCut(late.Length);
                RouterLog.WebSocketsCut(logger, late.Length, traffic.Revision);
            }

            // In here, because one that ends by itself leaves in here first: the request of one that is cut is still there.
            foreach ((WebSocketTunnel tunnel, _) in late)
            {
                tunnel.Cut();
            }
        }
    }

    private sealed class Open(Instance instance, TimeSpan grace)
    {
        public Instance Instance { get; } = instance;

        public TimeSpan Grace { get; } = grace;

        public Ending? Ending { get; set; }
    }

    private sealed class Ending
    {
        public ITimer? Timer { get; set; }

        public int Tunnels { get; set; }
    }
}
