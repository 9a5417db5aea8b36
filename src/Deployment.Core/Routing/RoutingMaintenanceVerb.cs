using Deployment.Json;
using Deployment.Targets;

namespace Deployment.Routing;

/// <summary>Answers everything on a target with a maintenance page, or serves again.</summary>
internal sealed class RoutingMaintenanceVerb(RoutedTraffic traffic) : Verb<RoutingMaintenanceArguments>("maintenance", Repeatability.Idempotent, CoreJson.Default.RoutingMaintenanceArguments)
{
    protected override VerbDescription Describe(RoutingMaintenanceArguments arguments) => new(
        traffic.Router.MaintenanceCommands(arguments.Page),
        arguments.Page is null ? $"{traffic.Target} serves its revisions." : $"{traffic.Target} answers 503 with a maintenance page, and nothing else is in flight.",
        arguments.Page is null ? "The router itself says that it serves." : "The router itself says that it is in maintenance.")
    {
        VerificationCommands = traffic.Router.ShowCommands(),
    };

    protected override Task RunAsync(RoutingMaintenanceArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        traffic.Router.MaintainAsync(arguments.Page, context, cancellationToken);

    protected override async Task<string?> VerifyAsync(RoutingMaintenanceArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        bool wanted = arguments.Page is not null;
        return (await traffic.Router.ReadAsync(cancellationToken)).InMaintenance == wanted ? null : $"{traffic.Target} is {(wanted ? "not in maintenance" : "still in maintenance")}.";
    }
}
