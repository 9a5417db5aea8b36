using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Stops what runs and starts a revision in its place. In between requests are held, up to a limit.</summary>
internal sealed class UpdateVerb(LocalOperations local) : Verb<InstallArguments>("update", Repeatability.Idempotent, LocalJson.Default.InstallArguments)
{
    protected override VerbDescription Describe(InstallArguments arguments)
    {
        string revision = arguments.Revision.ToString();
        string application = arguments.Revision.Application;
        return new VerbDescription(
            [
                local.Lines.EpochOf(application),
                local.Lines.Route(local.Target, local.HoldRequest()),
                local.Lines.Delete(SupervisorPaths.Others(local.Target, application, revision)),
                .. arguments.Secrets.SelectMany(secret => local.Lines.Secret(local.Target, revision, secret.Key, secret.Value)),
                local.Lines.Install(local.Target, revision, arguments.Run),
                local.Lines.Route(local.Target, local.RequestOf(TrafficSplit.AllTo(arguments.Revision))),
            ],
            $"Only {revision} runs on {local.Target}, and takes all traffic.",
            "Every instance runs and accepts connections, the router itself says that all traffic goes to them, and nothing else stands on the target.")
        {
            VerificationCommands = [local.Lines.Get(SupervisorPaths.Target(local.Target))],
        };
    }

    protected override async Task RunAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        string revision = arguments.Revision.ToString();
        TargetStatus? present = await client.TargetAsync(local.Target, cancellationToken);
        if (present?.Revisions.Keys.Any(id => id != revision) == true)
        {
            // Repeated after it had come this far, it makes no second gap.
            await local.RouteAsync(client, local.HoldRequest(), context, cancellationToken);
            await client.RemoveOthersAsync(local.Target, arguments.Revision.Application, revision, context.Epoch, cancellationToken);
        }

        await local.InstallAsync(client, arguments, context, cancellationToken);
        await local.RouteAsync(client, TrafficSplit.AllTo(arguments.Revision), context, cancellationToken);
    }

    protected override async Task<string?> VerifyAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        await local.VerifyStandsAsync(arguments, cancellationToken)
        ?? await local.VerifyRoutedAsync(TrafficSplit.AllTo(arguments.Revision), cancellationToken)
        ?? (local.Look()?.Revisions.Count == 1 ? null : $"{arguments.Revision} is not the only revision on {local.Target}.");
}
