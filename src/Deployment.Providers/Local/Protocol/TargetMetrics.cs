using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Deployment.Providers.Local.Protocol;

/// <summary>A router's counters of one target.</summary>
/// <param name="Generation">The table that it follows: grows by one with each switch.</param>
/// <param name="Epoch">The fencing epoch of the run that made the table.</param>
/// <param name="Unserved">Requests answered 503 because nothing is served, held ones whose time was over included.</param>
/// <param name="Maintained">Requests answered with the maintenance page.</param>
/// <param name="Held">Requests that wait at this moment.</param>
/// <param name="Unhealthy">The ports of instances that are out of the rotation.</param>
/// <param name="Mirror">What became of copies.</param>
/// <param name="Revisions">By revision id.</param>
internal sealed record TargetMetrics(
    long Generation, long Epoch, long Unserved, long Maintained, long Held, ImmutableArray<int> Unhealthy, MirrorMetrics Mirror, ImmutableSortedDictionary<string, RevisionMetrics> Revisions)
{
    /// <summary>What the copies that a deployment asked for were answered; null while it asks for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MirrorTallyMetrics? Copies { get; set; }
}
