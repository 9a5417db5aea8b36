using System.Text.Json.Serialization;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>What goes into an operation's arguments.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SiteArguments))]
[JsonSerializable(typeof(RemoveArguments))]
[JsonSerializable(typeof(SwitchArguments))]
internal sealed partial class SiteVerbJson : JsonSerializerContext;
