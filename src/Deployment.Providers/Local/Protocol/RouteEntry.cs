using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Deployment.Providers.Local.Protocol;

/// <summary>One revision in a route table.</summary>
/// <param name="Percent">Its share, 1 to 100.</param>
/// <param name="Ports">The ports of its instances on 127.0.0.1, at least one.</param>
internal sealed record RouteEntry(int Percent, ImmutableArray<int> Ports)
{
    /// <summary>How its instances are spoken to; null for the defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UpstreamSettings? Upstream { get; set; }

    public bool RoutesLike(RouteEntry other) => Percent == other.Percent && Ports.SequenceEqual(other.Ports) && Upstream == other.Upstream;
}
