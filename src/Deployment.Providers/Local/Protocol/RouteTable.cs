using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Deployment.Providers.Local.Protocol;

/// <summary>What a router follows: its port, and which revision answers which share. Replaced as a whole, kept in the table file.</summary>
internal sealed record RouteTable
{
    /// <summary>Grows by one with each table of this port.</summary>
    public required long Generation { get; init; }

    /// <summary>The fencing epoch of the run that made it.</summary>
    public required long Epoch { get; init; }

    public required string Target { get; init; }

    public required string Application { get; init; }

    /// <summary>The address that the router listens on.</summary>
    public required string Address { get; init; }

    public required int Port { get; init; }

    /// <summary>By revision id; empty when nothing is served. The shares add up to 100.</summary>
    public ImmutableSortedDictionary<string, RouteEntry> Revisions { get; set; } = ImmutableSortedDictionary.Create<string, RouteEntry>(StringComparer.Ordinal);

    /// <summary>How the router speaks to clients; null for the defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RouterSettings? Router { get; set; }

    public bool RoutesLike(RouteTable other) =>
        Address == other.Address
        && RouterSettings.Same(Router, other.Router)
        && Port == other.Port
        && Revisions.Count == other.Revisions.Count
        && Revisions.All(entry => other.Revisions.TryGetValue(entry.Key, out RouteEntry? same) && entry.Value.RoutesLike(same));
}
