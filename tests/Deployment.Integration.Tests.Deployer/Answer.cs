using System.Text.Json;
using System.Text.Json.Serialization;
using Deployment.Store;

namespace Deployment.Integration.Tests.Deployer;

/// <summary>What a deployer prints as its last line.</summary>
public sealed record Answer
{
    /// <summary>The outcomes of the runs, in order.</summary>
    public IReadOnlyList<RunAnswer> Runs { get; init; } = [];

    /// <summary>The exception's type; null when there was none.</summary>
    public string? ErrorType { get; init; }

    public string? Error { get; init; }

    /// <summary>The points that the process passed, in order.</summary>
    public IReadOnlyList<string> Points { get; init; } = [];

    public static Answer Read(string line) => JsonSerializer.Deserialize(line, AnswerJson.Default.Answer)!;

    public string ToJson() => JsonSerializer.Serialize(this, AnswerJson.Default.Answer);
}

/// <summary>How one run ended; or, in a race, how one round did.</summary>
public sealed record RunAnswer(string? RunId, DeploymentOutcome? Outcome, string? Reason, string? ErrorType = null, string? Error = null);

[JsonSerializable(typeof(Answer))]
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
internal sealed partial class AnswerJson : JsonSerializerContext;
