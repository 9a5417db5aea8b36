using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Replaces what runs by a revision. It starts beside what is there, so users notice no gap.</summary>
internal sealed class RoutedUpdateVerb(LocalOperations local, RoutedProcesses routed) : Verb<InstallArguments>("update", Repeatability.Idempotent, LocalJson.Default.InstallArguments)
{
    protected override VerbDescription Describe(InstallArguments arguments)
    {
        string revision = arguments.Revision.ToString();
        string application = arguments.Revision.Application;
        return new VerbDescription(
            [
                local.Lines.EpochOf(application),
                .. arguments.Secrets.SelectMany(secret => local.Lines.Secret(local.Target, revision, secret.Key, secret.Value)),
                local.Lines.Install(local.Target, revision, arguments.Run),
                .. routed.Lines(arguments.Revision),
                local.Lines.Delete(SupervisorPaths.Others(local.Target, application, revision)),
            ],
            $"Only {revision} runs on {local.Target}, and takes all traffic.",
            "Every instance runs and accepts connections, the router itself says that all traffic goes to them, and nothing else stands on the target.")
        {
            VerificationCommands = [local.Lines.Get(SupervisorPaths.Target(local.Target)), .. routed.Router.ShowCommands()],
        };
    }

    protected override async Task RunAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        // Where the router can't be reached, or follows a newer run, nothing is to be started either.
        await routed.ReadAsync(arguments.Revision.Application, context, cancellationToken);
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        await local.InstallAsync(client, arguments, context, cancellationToken);
        await routed.SwitchAsync(arguments.Revision, context, cancellationToken);
        await client.RemoveOthersAsync(local.Target, arguments.Revision.Application, arguments.Revision.ToString(), context.Epoch, cancellationToken);
    }

    protected override async Task<string?> VerifyAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        await local.VerifyStandsAsync(arguments, cancellationToken)
        ?? await routed.VerifyAsync(arguments.Revision, cancellationToken)
        ?? (local.Look()?.Revisions.Count == 1 ? null : $"{arguments.Revision} is not the only revision on {local.Target}.");
}
