using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Answers everything on the target with a maintenance page, or serves again.</summary>
internal sealed class MaintenanceVerb(LocalOperations local) : Verb<MaintenanceArguments>("maintenance", Repeatability.Idempotent, LocalJson.Default.MaintenanceArguments)
{
    protected override VerbDescription Describe(MaintenanceArguments arguments) => new(
        [
            local.Lines.EpochAt(local.Target),
            arguments.Page is { } page ? local.Lines.Maintenance(local.Target, page) : local.Lines.Delete(SupervisorPaths.Maintenance(local.Target)),
        ],
        arguments.Page is null ? $"{local.Target} serves its revisions." : $"{local.Target} answers 503 with a maintenance page.",
        local.Lines.Get(SupervisorPaths.Target(local.Target)));

    protected override async Task RunAsync(MaintenanceArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        await client.MaintenanceAsync(local.Target, arguments.Page, context.Epoch, cancellationToken);
    }

    protected override Task<string?> VerifyAsync(MaintenanceArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        bool wanted = arguments.Page is not null;
        return Task.FromResult(local.Look()?.Maintenance == wanted ? null : $"{local.Target} is {(wanted ? "not in maintenance" : "still in maintenance")}.");
    }
}
