using System.Text.Json.Serialization;
using Deployment.Releases;

namespace Deployment.Runbooks;

/// <summary>
/// What is watched on after the run on one target, by runs of their own: one every so often looks, on all targets, at all that was measured since the one
/// before.
/// </summary>
/// <param name="Target">The target's name.</param>
/// <param name="Revision">The revision that is watched, as long as it takes traffic.</param>
/// <param name="For">For how long after this run's success.</param>
/// <param name="Every">How far the runs are apart.</param>
public sealed record ExtendedWatch(string Target, RevisionId Revision, TimeSpan For, TimeSpan Every)
{
    /// <summary>The rules of the monitor that are not judged so late, with why; null when all are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? LeftOut { get; init; }
}
