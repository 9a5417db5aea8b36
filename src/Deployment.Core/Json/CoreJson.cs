using System.Text.Json.Serialization;
using Deployment.Analysis;
using Deployment.Execution;
using Deployment.Migrations;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Runbooks;
using Deployment.Steps;
using Deployment.Store;

namespace Deployment.Json;

/// <summary>How Core's data is written: camel case, enumerations by name, nothing that is null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    AllowOutOfOrderMetadataProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Runbook))]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(ReleaseIdentity))]
[JsonSerializable(typeof(RunbookNode))]
[JsonSerializable(typeof(RollbackPlan))]
[JsonSerializable(typeof(UserStepArguments))]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(JournalEntry[]))]
[JsonSerializable(typeof(WatchedDeployment))]
[JsonSerializable(typeof(WatchRecord))]
[JsonSerializable(typeof(WatchSeries[]))]
[JsonSerializable(typeof(SeenSamplesForm))]
[JsonSerializable(typeof(MetricFileRow))]
[JsonSerializable(typeof(Migration))]
[JsonSerializable(typeof(BackupArguments))]
[JsonSerializable(typeof(RoutingArguments))]
[JsonSerializable(typeof(RoutingMaintenanceArguments))]
internal sealed partial class CoreJson : JsonSerializerContext;
