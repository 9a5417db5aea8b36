using System.Text.Json.Serialization;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>The split to switch to.</summary>
internal sealed record RouteArguments(TrafficSplit Split)
{
    /// <summary>A revision without a share that is served on the preview port; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RevisionId? Preview { get; init; }
}
