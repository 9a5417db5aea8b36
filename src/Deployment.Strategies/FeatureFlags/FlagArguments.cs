using System.Text.Json.Serialization;

namespace Deployment.Strategies.FeatureFlags;

/// <summary>What a flag becomes.</summary>
/// <param name="Flag">The flag.</param>
/// <param name="Definition">Its definition afterwards.</param>
/// <param name="Expected">Its definition before; null for whatever it is, as when it is set back.</param>
internal sealed record FlagArguments(string Flag, string Definition, string? Expected = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FlagArguments))]
internal sealed partial class FlagJson : JsonSerializerContext;
