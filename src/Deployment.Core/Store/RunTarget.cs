using System.Text.Json.Serialization;
using Deployment.Releases;

namespace Deployment.Store;

/// <summary>What a run does on one target, or on one resource. A resource, and a target that is left alone, has neither a candidate nor a previous revision.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Candidate">The revision that it brings; null when it brings none.</param>
/// <param name="Previous">The revision that took most of the traffic before; null at a first deployment.</param>
public sealed record RunTarget(string Target, RevisionId? Candidate = null, RevisionId? Previous = null)
{
    /// <summary>The fresh copy of the previous release that the candidate is compared with, and that is gone at the end; null when there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RevisionId? Baseline { get; init; }

    /// <summary>Whether the candidate is only tried, and gone at the end: the run brings no release to this target. Default false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Trial { get; init; }

    /// <summary>Whether nothing is done there: what the run brings needs the target's service as it is, or the other way round, so the run claims it. Default false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool LeftAlone { get; init; }
}
