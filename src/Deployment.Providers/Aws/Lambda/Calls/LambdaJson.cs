using System.Text.Json.Serialization;

namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>What is sent to AWS Lambda and read from it.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AliasConfiguration))]
[JsonSerializable(typeof(AliasPage))]
[JsonSerializable(typeof(CodeUpdate))]
[JsonSerializable(typeof(ConcurrencyRequest))]
[JsonSerializable(typeof(ConfigurationUpdate))]
[JsonSerializable(typeof(FunctionConfiguration))]
[JsonSerializable(typeof(FunctionUrlAnswer))]
[JsonSerializable(typeof(MappingPage))]
[JsonSerializable(typeof(PolicyAnswer))]
[JsonSerializable(typeof(ProvisionedConcurrency))]
[JsonSerializable(typeof(VersionPage))]
[JsonSerializable(typeof(VersionRequest))]
internal sealed partial class LambdaJson : JsonSerializerContext;
