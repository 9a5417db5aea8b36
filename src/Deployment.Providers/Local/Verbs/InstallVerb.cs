using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Starts the instances of a revision, without traffic.</summary>
internal sealed class InstallVerb(LocalOperations local) : Verb<InstallArguments>("install", Repeatability.Idempotent, LocalJson.Default.InstallArguments)
{
    protected override VerbDescription Describe(InstallArguments arguments)
    {
        string revision = arguments.Revision.ToString();
        return new VerbDescription(
            [
                local.Lines.EpochOf(arguments.Revision.Application),
                .. arguments.Secrets.SelectMany(secret => local.Lines.Secret(local.Target, revision, secret.Key, secret.Value)),
                local.Lines.Install(local.Target, revision, arguments.Run),
            ],
            arguments.Run.Worker is null
                ? $"{(arguments.Run.Instances == 1 ? "One instance" : $"{arguments.Run.Instances} instances")} of {revision} accept{(arguments.Run.Instances == 1 ? "s" : "")} connections and take{(arguments.Run.Instances == 1 ? "s" : "")} no traffic."
                : $"{revision} is ready to run on {local.Target}, and does no work yet.",
            arguments.Run.Worker is null ? "Every instance runs and accepts connections." : "The revision is installed.")
        {
            VerificationCommands = [local.Lines.Get(SupervisorPaths.Target(local.Target))],
        };
    }

    protected override async Task RunAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        await local.InstallAsync(client, arguments, context, cancellationToken);
    }

    protected override Task<string?> VerifyAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        local.VerifyStandsAsync(arguments, cancellationToken);
}
