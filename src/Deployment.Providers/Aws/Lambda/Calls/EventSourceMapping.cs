using System.Text.Json.Serialization;

namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>A queue or stream that a function reads.</summary>
internal sealed record EventSourceMapping
{
    [JsonPropertyName("UUID")]
    public string? Uuid { get; init; }

    public string? EventSourceArn { get; init; }

    /// <summary>With the alias or version at its end, where it has one.</summary>
    public string? FunctionArn { get; init; }

    /// <summary>Such as <c>Enabled</c> or <c>Disabled</c> (docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html).</summary>
    public string? State { get; init; }
}
