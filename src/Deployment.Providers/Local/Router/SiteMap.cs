using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>Finds the site of a request among those of one port: the most specific host decides, and then the longest path.</summary>
internal sealed class SiteMap
{
    private readonly ImmutableArray<(string Host, string Path, Site Site)> _rows;

    /// <exception cref="DeploymentException">Two sites can't be told apart.</exception>
    public SiteMap(IReadOnlyCollection<Site> sites)
    {
        foreach ((Site one, Site other) in sites.SelectMany((one, index) => sites.Skip(index + 1).Select(other => (one, other))))
        {
            if (SiteNames.Overlap(one.Table.Rules, other.Table.Rules) is { } overlap)
            {
                throw new DeploymentException($"The targets {one.Table.Target} and {other.Table.Target} would both answer {overlap}.");
            }
        }

        _rows =
        [
            .. sites
                .SelectMany(site => (site.Table.Rules.Hosts is { Count: > 0 } hosts ? hosts : [""]).Select(host => (Host: host, Path: site.Table.Rules.PathPrefix, Site: site)))
                .OrderBy(row => row.Host.Length == 0 ? 2 : row.Host.StartsWith('*') ? 1 : 0)
                .ThenByDescending(row => row.Host.Length)
                .ThenByDescending(row => row.Path.Length),
        ];
    }

    public Site? Find(string host, string pathAndQuery)
    {
        foreach ((string pattern, string path, Site site) in _rows)
        {
            if (IsHost(host, pattern) && RequestTarget.IsUnder(pathAndQuery, path))
            {
                return site;
            }
        }

        return null;
    }

    private static bool IsHost(string host, string pattern) =>
        pattern.Length == 0
        || (pattern.StartsWith('*') ? host.Length >= pattern.Length && host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase) : host.Equals(pattern, StringComparison.OrdinalIgnoreCase));
}
