using System.Text.Json.Serialization;
using Deployment.Providers.Docker.Containers;
using Deployment.Providers.Docker.Verbs;

namespace Deployment.Providers.Docker;

/// <summary>What goes into an operation's arguments.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ContainerSpec))]
[JsonSerializable(typeof(InstallArguments))]
[JsonSerializable(typeof(RemoveArguments))]
[JsonSerializable(typeof(ReplaceArguments))]
[JsonSerializable(typeof(VacateArguments))]
internal sealed partial class DockerJson : JsonSerializerContext;
