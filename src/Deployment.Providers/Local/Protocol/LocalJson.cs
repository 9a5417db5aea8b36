using System.Text.Json.Serialization;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Verbs;

namespace Deployment.Providers.Local.Protocol;

/// <summary>Everything that goes over a control socket, into a file of the state folder, or into an operation's arguments.</summary>
/// <remarks>What may be missing has a set accessor: generated readers pass init accessors a zero or null instead of leaving their default.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(RouteTable))]
[JsonSerializable(typeof(RouterSettings))]
[JsonSerializable(typeof(UpstreamSettings))]
[JsonSerializable(typeof(RouterStatus))]
[JsonSerializable(typeof(RouterMetrics))]
[JsonSerializable(typeof(CounterHistoryAnswer))]
[JsonSerializable(typeof(HandoverRequest))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(MaintenanceRequest))]
[JsonSerializable(typeof(PauseRequest))]
[JsonSerializable(typeof(MirrorRequest))]
[JsonSerializable(typeof(InstallRequest))]
[JsonSerializable(typeof(RouteRequest))]
[JsonSerializable(typeof(RouteAnswer))]
[JsonSerializable(typeof(SlotsRequest))]
[JsonSerializable(typeof(DutyRequest))]
[JsonSerializable(typeof(SupervisorStatus))]
[JsonSerializable(typeof(TargetStatus))]
[JsonSerializable(typeof(SupervisorState))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(InstallArguments))]
[JsonSerializable(typeof(RemoveArguments))]
[JsonSerializable(typeof(RouteArguments))]
[JsonSerializable(typeof(ReplaceArguments))]
[JsonSerializable(typeof(VacateArguments))]
[JsonSerializable(typeof(DutyArguments))]
[JsonSerializable(typeof(MaintenanceArguments))]
[JsonSerializable(typeof(MirrorArguments))]
internal sealed partial class LocalJson : JsonSerializerContext;
