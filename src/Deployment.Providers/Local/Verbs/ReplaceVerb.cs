using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Puts a revision into slots in the place of what is in them, while the other slots serve.</summary>
internal sealed class ReplaceVerb(LocalOperations local, SlotOperations slots) : Verb<ReplaceArguments>("replace", Repeatability.Idempotent, LocalJson.Default.ReplaceArguments)
{
    protected override VerbDescription Describe(ReplaceArguments arguments)
    {
        string revision = arguments.Install.Revision.ToString();
        string application = arguments.Install.Revision.Application;
        string named = SlotOperations.Words(arguments.Slots);
        return new VerbDescription(
            [
                local.Lines.EpochOf(application),
                .. arguments.Install.Secrets.SelectMany(secret => local.Lines.Secret(local.Target, revision, secret.Key, secret.Value)),
                local.Lines.Slots(local.Target, application, slots.RequestOf(arguments)),
            ],
            $"{revision} answers in {named} of {local.Target}. What was there has finished its requests and ended.",
            $"The router itself says that {revision} is in {named}, and every instance there runs and accepts connections.")
        {
            VerificationCommands = [local.Lines.Get(SupervisorPaths.Target(local.Target))],
        };
    }

    protected override async Task RunAsync(ReplaceArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        await local.PutSecretsAsync(client, arguments.Install, context, cancellationToken);
        await slots.ChangeAsync(client, slots.RequestOf(arguments), arguments.Install.Revision.Application, context, cancellationToken);
    }

    protected override Task<string?> VerifyAsync(ReplaceArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        slots.VerifyAsync(arguments.Slots, arguments.Install.Revision, cancellationToken);
}
