using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Routing;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Has the router serve nothing, and ends all instances of the target.</summary>
internal sealed class RoutedClearVerb(LocalOperations local, RoutedProcesses routed) : Verb<RemoveArguments>("clear", Repeatability.Idempotent, LocalJson.Default.RemoveArguments)
{
    protected override VerbDescription Describe(RemoveArguments arguments) => new(
        [
            local.Lines.EpochOf(arguments.Revision.Application),
            .. routed.Lines(null),
            local.Lines.Delete(SupervisorPaths.Clear(local.Target, arguments.Revision.Application)),
        ],
        $"Nothing runs on {local.Target}, and its router answers 503.",
        "The target is empty, and the router knows no revision.")
    {
        VerificationCommands = [local.Lines.Get(SupervisorPaths.Target(local.Target)), .. routed.Router.ShowCommands()],
    };

    protected override async Task RunAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        await routed.Router.ApplyAsync(RoutingTable.Empty, context, cancellationToken);
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        await client.ClearAsync(local.Target, arguments.Revision.Application, context.Epoch, cancellationToken);
    }

    protected override async Task<string?> VerifyAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        local.Look() is null ? await routed.VerifyAsync(null, cancellationToken) : $"Something still stands on {local.Target}.";
}
