using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Deployment.Providers.Local.Protocol;

/// <summary>Which revision answers which share of what comes in on a target's port.</summary>
internal sealed record RouteRequest
{
    /// <summary>Whose traffic it is; may be missing when nothing is to be served, and is the target's then.</summary>
    public string? Application { get; set; }

    /// <summary>The public port, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>The IP address that the router listens on.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Percent by revision id; empty to serve nothing.</summary>
    public required ImmutableSortedDictionary<string, int> Split { get; init; }

    /// <summary>How long to wait until revisions without a share have finished what they do; 0 not to wait.</summary>
    public double DrainSeconds { get; set; } = 30;

    /// <summary>How the router speaks to clients; null for the defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RouterSettings? Router { get; set; }

    /// <summary>How the router speaks to the instances; null for the defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UpstreamSettings? Upstream { get; set; }
}
