using System.Text.Json.Serialization;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Routing;

/// <summary>The split to switch to.</summary>
internal sealed record RoutingArguments(TrafficSplit Split)
{
    /// <summary>A revision without a share that testers reach; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RevisionId? Testers { get; init; }

    /// <summary>A revision without a share that is previewed; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RevisionId? Preview { get; init; }

    /// <summary>Revisions that are reached without a share.</summary>
    [JsonIgnore]
    public IReadOnlyList<RevisionId> Reachable => [.. new[] { Testers, Preview }.OfType<RevisionId>().Where(revision => Split.ShareOf(revision) == 0).Distinct()];
}
