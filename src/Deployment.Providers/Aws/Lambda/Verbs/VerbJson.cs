using System.Text.Json.Serialization;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <summary>What goes into an operation's arguments.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(InstallArguments))]
[JsonSerializable(typeof(RemoveArguments))]
[JsonSerializable(typeof(RouteArguments))]
internal sealed partial class VerbJson : JsonSerializerContext;
