using Deployment.Providers.Local.Router.Http1;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Router;

/// <summary>The web sockets that are open, by revision. Those of a revision that has no share get a grace, each from when that began for it, and are cut then.</summary>
internal sealed class Tunnels(ILogger logger, TimeProvider timeProvider) : IDisposable
{
    private readonly Lock _guard = new();
    private readonly Dictionary<WebSocketTunnel, Open> _open = [];
    private HashSet<string>? _served;

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
    public async Task RunAsync(Lane lane, WebSocketTunnel tunnel)
    {
        var open = new Open(lane.Traffic, TimeSpan.FromSeconds(lane.Upstream.WebSocketGraceSeconds));
        lock (_guard)
        {
            _open.Add(tunnel, open);
            // A tester's; or its request took its lane just before the switch, and the handshake took its time.
            EndWhenNotServed(open.Traffic.Revision);
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

    /// <summary>Told after each switch which revisions have a share.</summary>
    public void Follow(IEnumerable<string> served)
    {
        lock (_guard)
        {
            _served = new HashSet<string>(served, StringComparer.Ordinal);
            foreach (string revision in _open.Values.Select(open => open.Traffic.Revision).Distinct().ToArray())
            {
                if (_served.Contains(revision))
                {
                    foreach (Open open in Of(revision).ToArray())
                    {
                        Forget(open);
                    }
                }
                else
                {
                    EndWhenNotServed(revision);
                }
            }
        }
    }

    private IEnumerable<Open> Of(string revision) => _open.Values.Where(open => open.Traffic.Revision == revision);

    // Those whose time begins now share a timer.
    private void EndWhenNotServed(string revision)
    {
        if (_served?.Contains(revision) != false)
        {
            return;
        }

        foreach (IGrouping<TimeSpan, Open> group in Of(revision).Where(open => open.Ending is null).ToArray().GroupBy(open => open.Grace))
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
        KeyValuePair<WebSocketTunnel, Open>[] late;
        lock (_guard)
        {
            // None when the revision got a share again in this very moment.
            late = [.. _open.Where(entry => entry.Value.Ending == ending)];
            ending.Timer?.Dispose();
        }

        if (late is [(_, { Traffic: { } traffic }), ..])
        {
            traffic.CountWebSocketsCut(late.Length);
            RouterLog.WebSocketsCut(logger, late.Length, traffic.Revision);
        }

        foreach ((WebSocketTunnel tunnel, _) in late)
        {
            tunnel.Cut();
        }
    }

    private sealed class Open(RevisionTraffic traffic, TimeSpan grace)
    {
        public RevisionTraffic Traffic { get; } = traffic;

        public TimeSpan Grace { get; } = grace;

        public Ending? Ending { get; set; }
    }

    private sealed class Ending
    {
        public ITimer? Timer { get; set; }

        public int Tunnels { get; set; }
    }
}
