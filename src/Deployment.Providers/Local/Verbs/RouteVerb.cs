using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Switches the router to a split, and waits until what lost its share has finished.</summary>
internal sealed class RouteVerb(LocalOperations local) : Verb<RouteArguments>("route", Repeatability.Idempotent, LocalJson.Default.RouteArguments)
{
    protected override VerbDescription Describe(RouteArguments arguments) => new(
        [
            LocalOperations.ApplicationOf(arguments) is { } application ? local.Lines.EpochOf(application) : local.Lines.EpochAt(local.Target),
            local.Lines.Route(local.Target, local.RequestOf(arguments)),
        ],
        arguments.Preview is { } preview ? $"{(local.Previews ? local.PreviewAddress : "The preview port")} is answered by {preview}, and {local.Target} routes {(arguments.Split.IsEmpty ? "nothing" : arguments.Split)}."
        : arguments.Split.IsEmpty ? $"{local.Target} answers 503, or nobody listens where nothing was routed before." : $"{local.Target} routes {arguments.Split}, and nothing is in flight on a revision without a share.",
        arguments.Preview is null ? "The router itself says that it follows this split." : "The router itself says that it follows this split and previews this revision.")
    {
        VerificationCommands = [local.Lines.Get(SupervisorPaths.Target(local.Target))],
    };

    protected override async Task RunAsync(RouteArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        await local.RouteAsync(client, local.RequestOf(arguments), context, cancellationToken);
    }

    protected override Task<string?> VerifyAsync(RouteArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        local.VerifyRoutedAsync(arguments, cancellationToken);
}
