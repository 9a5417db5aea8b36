using System.Text.Json.Serialization;

namespace Deployment.Providers.Aws.Sites;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SiteManifest))]
[JsonSerializable(typeof(SiteIntent))]
[JsonSerializable(typeof(SiteSwitch))]
internal sealed partial class SiteJson : JsonSerializerContext;
