using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Replaces the workers that run by those of a revision.</summary>
internal sealed class WorkersUpdateVerb(LocalOperations local) : Verb<InstallArguments>("update", Repeatability.Idempotent, LocalJson.Default.InstallArguments)
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
                local.Lines.Duty(local.Target, application, revision),
                local.Lines.Delete(SupervisorPaths.Others(local.Target, application, revision)),
            ],
            $"The workers of {revision} run on {local.Target}, and no other revision is installed there.",
            "The workers of the revision run, and it is the only one that is installed.")
        {
            VerificationCommands = [local.Lines.Get(SupervisorPaths.Target(local.Target))],
        };
    }

    protected override async Task RunAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        string revision = arguments.Revision.ToString();
        await local.InstallAsync(client, arguments, context, cancellationToken);
        await client.DutyAsync(local.Target, arguments.Revision.Application, revision, context.Epoch, cancellationToken);
        await client.RemoveOthersAsync(local.Target, arguments.Revision.Application, revision, context.Epoch, cancellationToken);
    }

    protected override Task<string?> VerifyAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken) => Task.FromResult(
        local.VerifyDuty(arguments.Revision)
        ?? (local.Look()?.Revisions.Count == 1 ? null : $"{arguments.Revision} is not the only revision on {local.Target}."));
}
