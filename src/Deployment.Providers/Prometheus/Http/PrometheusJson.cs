using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Providers.Prometheus.Http;

/// <summary>The envelope of every answer.</summary>
internal sealed record PrometheusEnvelope(string? Status, PrometheusData? Data, string? ErrorType, string? Error, IReadOnlyList<string>? Warnings);

/// <summary>What was asked for.</summary>
internal sealed record PrometheusData(string? ResultType, JsonElement Result);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, MaxDepth = 16)]
[JsonSerializable(typeof(PrometheusEnvelope))]
internal sealed partial class PrometheusJson : JsonSerializerContext;
