using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Ends the instances of a revision to which the router sends no users.</summary>
internal sealed class RoutedRemoveVerb(LocalOperations local, RoutedProcesses routed) : Verb<RemoveArguments>("remove", Repeatability.Idempotent, LocalJson.Default.RemoveArguments)
{
    protected override VerbDescription Describe(RemoveArguments arguments) => new(
        [
            local.Lines.EpochOf(arguments.Revision.Application),
            local.Lines.Delete(SupervisorPaths.Revision(local.Target, arguments.Revision.ToString())),
        ],
        $"No process of {arguments.Revision} runs on {local.Target}.",
        "The target has no such revision any more, and the router knows none.")
    {
        VerificationCommands = [local.Lines.Get(SupervisorPaths.Target(local.Target)), .. routed.Router.ShowCommands()],
        Notes = [$"By hand, see first that {routed.Router.Name} sends it nothing: the supervisor doesn't know."],
    };

    // The router first: what users are sent to doesn't end, nor does anything for a run that was overtaken there.
    protected override async Task RunAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        await routed.ForgetAsync(arguments.Revision, context, cancellationToken);
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        await client.RemoveAsync(local.Target, arguments.Revision.ToString(), context.Epoch, cancellationToken);
    }

    protected override async Task<string?> VerifyAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        local.Look()?.Revisions.ContainsKey(arguments.Revision.ToString()) == true ? $"{arguments.Revision} still stands on {local.Target}."
        : (await routed.Router.ReadAsync(cancellationToken)).Table.Revisions.Any(known => known.Revision == arguments.Revision) ? $"{routed.Router.Name} still knows {arguments.Revision}."
        : null;
}
