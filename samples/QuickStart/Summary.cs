using System.Text.Json;
using System.Text.Json.Serialization;

namespace QuickStart;

/// <summary>What happened, for machines.</summary>
internal sealed record Summary
{
    public required IReadOnlyList<DeploymentSummary> Deployments { get; init; }

    public required RequestSummary Requests { get; init; }

    /// <summary>From the decision to go back until everything was verified to be as before; null when no deployment went back.</summary>
    public long? RollbackMilliseconds { get; init; }

    /// <summary>The version that answered in the end, and that the target says takes the traffic; null when they disagree or none did.</summary>
    public string? Serving { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, SummaryJson.Default.Summary);
}

internal sealed record DeploymentSummary(string Version, string Outcome);

internal sealed record RequestSummary(long Sent, long Failed, IReadOnlyDictionary<string, long> ByVersion);

[JsonSerializable(typeof(Summary))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class SummaryJson : JsonSerializerContext;
