using System.Text.Json.Serialization;

namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>An alias (docs.aws.amazon.com/lambda/latest/api/API_AliasConfiguration.html).</summary>
internal sealed record AliasConfiguration
{
    public string? Name { get; init; }

    public string? FunctionVersion { get; init; }

    public string? Description { get; init; }

    public string? RevisionId { get; init; }

    public AliasRouting? RoutingConfig { get; init; }

    /// <summary>Every version that it names, whatever its share.</summary>
    [JsonIgnore]
    public IEnumerable<string> Versions => (RoutingConfig?.AdditionalVersionWeights?.Keys ?? Enumerable.Empty<string>()).Prepend(FunctionVersion ?? "");
}
