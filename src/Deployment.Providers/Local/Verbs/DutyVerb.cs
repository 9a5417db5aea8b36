using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Has the workers of one revision run, and ends those of all others.</summary>
internal sealed class DutyVerb(LocalOperations local) : Verb<DutyArguments>("duty", Repeatability.Idempotent, LocalJson.Default.DutyArguments)
{
    protected override VerbDescription Describe(DutyArguments arguments) => new(
        [
            arguments.Revision is { } revision ? local.Lines.EpochOf(revision.Application) : local.Lines.EpochAt(local.Target),
            local.Lines.Duty(local.Target, arguments.Revision?.Application, arguments.Revision?.ToString()),
        ],
        arguments.Revision is null ? $"No worker runs on {local.Target}." : $"The workers of {arguments.Revision} run on {local.Target}, and no others.",
        arguments.Revision is null ? "No worker runs." : "The workers of the revision run, and no others.")
    {
        VerificationCommands = [local.Lines.Get(SupervisorPaths.Target(local.Target))],
    };

    protected override async Task RunAsync(DutyArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        string? application = arguments.Revision?.Application ?? (await client.TargetAsync(local.Target, cancellationToken))?.Application;
        if (application is not null)
        {
            await client.DutyAsync(local.Target, application, arguments.Revision?.ToString(), context.Epoch, cancellationToken);
        }
    }

    protected override Task<string?> VerifyAsync(DutyArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        Task.FromResult(local.VerifyDuty(arguments.Revision));
}
