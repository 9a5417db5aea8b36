using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Ends the instances of a revision that takes no traffic.</summary>
internal sealed class RemoveVerb(LocalOperations local) : Verb<RemoveArguments>("remove", Repeatability.Idempotent, LocalJson.Default.RemoveArguments)
{
    protected override VerbDescription Describe(RemoveArguments arguments) => new(
        [
            local.Lines.EpochOf(arguments.Revision.Application),
            local.Lines.Delete(SupervisorPaths.Revision(local.Target, arguments.Revision.ToString())),
        ],
        $"No process of {arguments.Revision} runs on {local.Target}.",
        $"The target has no {arguments.Revision} any more.")
    {
        VerificationCommands = [local.Lines.Get(SupervisorPaths.Target(local.Target))],
    };

    protected override async Task RunAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        await client.RemoveAsync(local.Target, arguments.Revision.ToString(), context.Epoch, cancellationToken);
    }

    protected override Task<string?> VerifyAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        Task.FromResult(local.Look()?.Revisions.ContainsKey(arguments.Revision.ToString()) == true ? $"{arguments.Revision} still stands on {local.Target}." : null);
}
