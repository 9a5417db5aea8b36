using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Router;

/// <summary>The sites of a port, one a target. Each has a table, a generation and an epoch of its own.</summary>
internal sealed class SiteList(
    LaneChoice choice, IRequestForwarder forwarder, MirrorClient mirrors, Func<TrustedProxies> proxies, Func<Switchboard, IDisposable> watch, ILogger logger, TimeProvider timeProvider) : IDisposable
{
    private readonly Lock _changing = new();
    private ImmutableSortedDictionary<string, Site> _sites = ImmutableSortedDictionary.Create<string, Site>(StringComparer.Ordinal);
    private SiteMap _map = new([]);

    public IReadOnlyDictionary<string, Site> All => Volatile.Read(ref _sites);

    public Site? Find(string host, string pathAndQuery) => Volatile.Read(ref _map).Find(host, pathAndQuery);

    /// <summary>Follows a table from the next request of its target on.</summary>
    /// <param name="table">The table.</param>
    /// <param name="before">What is to be done once the table is found fit, right before it is followed. Where it fails nothing has changed.</param>
    /// <exception cref="DeploymentException">It is older than the one that is followed, or its requests are another target's.</exception>
    public void Switch(RouteTable table, Action? before = null)
    {
        lock (_changing)
        {
            if (_sites.TryGetValue(table.Target, out Site? present))
            {
                Check(table);
                present.Switch(table, before);
            }
            else
            {
                var board = new Switchboard(table);
                Add(new Site(board, choice, forwarder, new Mirror(mirrors), proxies, watch(board), new Tunnels(logger, timeProvider), timeProvider), before);
            }

            // The rules may be others now.
            Volatile.Write(ref _map, new SiteMap([.. _sites.Values]));
        }
    }

    /// <summary>Serves a target no longer.</summary>
    public void Remove(string target)
    {
        lock (_changing)
        {
            if (_sites.TryGetValue(target, out Site? site))
            {
                Volatile.Write(ref _sites, _sites.Remove(target));
                Volatile.Write(ref _map, new SiteMap([.. _sites.Values]));
                site.Dispose();
            }
        }
    }

    public void Dispose()
    {
        foreach (Site site in _sites.Values)
        {
            site.Dispose();
        }
    }

    private void Add(Site site, Action? before)
    {
        try
        {
            _ = new SiteMap([.. _sites.Values, site]);
            before?.Invoke();
        }
        catch
        {
            site.Dispose();
            throw;
        }

        Volatile.Write(ref _sites, _sites.Add(site.Table.Target, site));
    }

    private void Check(RouteTable table)
    {
        foreach (RouteTable other in _sites.Values.Select(site => site.Table).Where(other => other.Target != table.Target))
        {
            if (SiteNames.Overlap(table.Rules, other.Rules) is { } overlap)
            {
                throw new DeploymentException($"The targets {table.Target} and {other.Target} would both answer {overlap}.");
            }
        }
    }
}
