using System.Text.Json.Serialization;
using Deployment.Flags;
using Deployment.Releases;

namespace Deployment.Health;

/// <summary>What a check looks at: a candidate revision on a target and, where there is one, what it is compared with.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Candidate">The revision that is judged.</param>
/// <param name="Baseline">The revision that served before or, where a canary has one, its baseline: a fresh copy of that release. Null at a first deployment.</param>
public sealed record CheckSubject(string Target, RevisionId Candidate, RevisionId? Baseline = null)
{
    /// <summary>
    /// Where a feature flag is opened: users of the candidate who have the flag are judged, and compared with users who don't. Null everywhere
    /// else, where revisions are compared.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FlagCohort? Cohort { get; init; }

    /// <summary>Whether the baseline takes traffic beside the candidate, by the plan, so that both can be measured at the same time. Default false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool BaselineIsLive { get; init; }

    /// <summary>Whether both take the same share of the traffic, by the plan, so that amounts such as requests a second can be compared. Default false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SharesAreEqual { get; init; }
}
