using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Empties slots, while the other slots serve.</summary>
internal sealed class VacateVerb(LocalOperations local, SlotOperations slots) : Verb<VacateArguments>("vacate", Repeatability.Idempotent, LocalJson.Default.VacateArguments)
{
    protected override VerbDescription Describe(VacateArguments arguments) => new(
        [
            local.Lines.EpochAt(local.Target),
            local.Lines.Slots(local.Target, null, slots.RequestOf(arguments.Slots)),
        ],
        $"Nothing is in {SlotOperations.Words(arguments.Slots)} of {local.Target}. What was there has finished its requests and ended.",
        "The router itself says that nothing is there.")
    {
        VerificationCommands = [local.Lines.Get(SupervisorPaths.Target(local.Target))],
    };

    protected override async Task RunAsync(VacateArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        if (await client.TargetAsync(local.Target, cancellationToken) is { } present)
        {
            await slots.ChangeAsync(client, slots.RequestOf(arguments.Slots), present.Application, context, cancellationToken);
        }
    }

    protected override Task<string?> VerifyAsync(VacateArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        slots.VerifyAsync(arguments.Slots, null, cancellationToken);
}
