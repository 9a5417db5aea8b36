using Deployment.Providers.Local.Router.Http1;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Router;

/// <summary>The web sockets that are open, by revision. Those of a revision that lost its share get a grace and are cut then.</summary>
internal sealed class Tunnels(ILogger logger, TimeProvider timeProvider) : IDisposable
{
    private readonly Lock _guard = new();
    private readonly Dictionary<string, Open> _open = new(StringComparer.Ordinal);
    private HashSet<string>? _served;

    public void Dispose()
    {
        lock (_guard)
        {
            foreach (Open open in _open.Values)
            {
                open.Ending?.Dispose();
            }
        }
    }

    /// <summary>Carries one until it ends.</summary>
    public async Task RunAsync(Lane lane, WebSocketTunnel tunnel)
    {
        string revision = lane.Traffic.Revision;
        lock (_guard)
        {
            Open open = Of(revision);
            open.Tunnels.Add(tunnel);
            open.Grace = TimeSpan.FromSeconds(lane.Upstream.WebSocketGraceSeconds);
            // A request may have taken its lane just before the switch, and the handshake took its time.
            EndWhenNotServed(revision, open);
        }

        try
        {
            await tunnel.RunAsync();
        }
        finally
        {
            lock (_guard)
            {
                Of(revision).Tunnels.Remove(tunnel);
            }
        }
    }

    /// <summary>Told after each switch which revisions have a share.</summary>
    public void Follow(IEnumerable<string> served)
    {
        lock (_guard)
        {
            _served = new HashSet<string>(served, StringComparer.Ordinal);
            foreach ((string revision, Open open) in _open)
            {
                if (_served.Contains(revision))
                {
                    open.Ending?.Dispose();
                    open.Ending = null;
                }
                else
                {
                    EndWhenNotServed(revision, open);
                }
            }
        }
    }

    /// <summary>How many were cut of a revision.</summary>
    public long CutOf(string revision)
    {
        lock (_guard)
        {
            return _open.GetValueOrDefault(revision)?.Cut ?? 0;
        }
    }

    private Open Of(string revision) => _open.TryGetValue(revision, out Open? open) ? open : _open[revision] = new Open();

    private void EndWhenNotServed(string revision, Open open)
    {
        if (_served?.Contains(revision) == false && open.Tunnels.Count > 0)
        {
            open.Ending ??= timeProvider.CreateTimer(_ => End(revision), null, open.Grace, Timeout.InfiniteTimeSpan);
        }
    }

    private void End(string revision)
    {
        WebSocketTunnel[] late;
        lock (_guard)
        {
            Open open = Of(revision);
            if (open.Ending is null)
            {
                // It got a share again in this very moment.
                return;
            }

            open.Ending.Dispose();
            open.Ending = null;
            late = [.. open.Tunnels];
            open.Cut += late.Length;
        }

        if (late.Length > 0)
        {
            RouterLog.WebSocketsCut(logger, late.Length, revision);
        }

        foreach (WebSocketTunnel tunnel in late)
        {
            tunnel.Cut();
        }
    }

    private sealed class Open
    {
        public HashSet<WebSocketTunnel> Tunnels { get; } = [];

        public TimeSpan Grace { get; set; }

        public ITimer? Ending { get; set; }

        public long Cut { get; set; }
    }
}
