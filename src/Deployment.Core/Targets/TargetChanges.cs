using System.Text.Json.Serialization;

namespace Deployment.Targets;

/// <summary>What a release would change at a target.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Lines">For a person to read, as they stand; never secrets: they are written down. A runbook has the first 200, each of at most 2,000 characters.</param>
public sealed record TargetChanges(string Target, IReadOnlyList<string> Lines)
{
    /// <summary>What makes such a change impossible, each a sentence that says what to mend. Planning refuses with all of them.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Problems { get; init; } = [];
}
