using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Takes all traffic away and ends everything that runs on the target, its router included.</summary>
internal sealed class ClearVerb(LocalOperations local) : Verb<RemoveArguments>("clear", Repeatability.Idempotent, LocalJson.Default.RemoveArguments)
{
    protected override VerbDescription Describe(RemoveArguments arguments) => new(
        [
            local.Lines.EpochOf(arguments.Revision.Application),
            local.Lines.Route(local.Target, local.RequestOf(TrafficSplit.None)),
            local.Lines.Delete(SupervisorPaths.Clear(local.Target, arguments.Revision.Application)),
        ],
        $"Nothing runs on {local.Target}, and nothing listens on its port.",
        "Nothing stands on the target any more, and no router answers for it.")
    {
        VerificationCommands = [local.Lines.Get(SupervisorPaths.Target(local.Target))],
    };

    protected override async Task RunAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        if (await client.TargetAsync(local.Target, cancellationToken) is { Port: not null })
        {
            await local.RouteAsync(client, TrafficSplit.None, context, cancellationToken);
        }

        await client.ClearAsync(local.Target, arguments.Revision.Application, context.Epoch, cancellationToken);
    }

    protected override Task<string?> VerifyAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        local.VerifyEmptyAsync(cancellationToken);
}
