using System.Text.Json.Serialization;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Testing;

internal sealed record FakeArguments(Revision? Revision = null, RevisionId? Id = null, TrafficSplit? Split = null, string[]? Slots = null, TrafficMirror? Mirror = null);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FakeArguments))]
[JsonSerializable(typeof(FakeFlag))]
internal sealed partial class FakeJson : JsonSerializerContext;
