using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Ends and removes all workers of the target.</summary>
internal sealed class WorkersClearVerb(LocalOperations local) : Verb<RemoveArguments>("clear", Repeatability.Idempotent, LocalJson.Default.RemoveArguments)
{
    protected override VerbDescription Describe(RemoveArguments arguments) => new(
        [
            local.Lines.EpochOf(arguments.Revision.Application),
            local.Lines.Duty(local.Target, arguments.Revision.Application, null),
            local.Lines.Delete(SupervisorPaths.Clear(local.Target, arguments.Revision.Application)),
        ],
        $"Nothing runs on {local.Target}.",
        "The target is empty.")
    {
        VerificationCommands = [local.Lines.Get(SupervisorPaths.Target(local.Target))],
    };

    protected override async Task RunAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        await client.DutyAsync(local.Target, arguments.Revision.Application, null, context.Epoch, cancellationToken);
        await client.ClearAsync(local.Target, arguments.Revision.Application, context.Epoch, cancellationToken);
    }

    protected override Task<string?> VerifyAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        Task.FromResult(local.Look() is null ? null : $"Something still stands on {local.Target}.");
}
