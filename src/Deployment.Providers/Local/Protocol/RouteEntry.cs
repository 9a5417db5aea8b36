using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Deployment.Providers.Local.Protocol;

/// <summary>One revision in a route table.</summary>
/// <param name="Percent">Its share, 1 to 100.</param>
/// <param name="Ports">The ports of its instances on 127.0.0.1, at least one.</param>
internal sealed record RouteEntry(int Percent, ImmutableArray<int> Ports)
{
    /// <summary>Which of the target's slots each of them is in, where requests are spread by instances.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<int> Slots { get; set; }
}
