using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Copies requests to a revision without traffic, or ends that.</summary>
internal sealed class MirrorVerb(LocalOperations local) : Verb<MirrorArguments>("mirror", Repeatability.Idempotent, LocalJson.Default.MirrorArguments)
{
    protected override VerbDescription Describe(MirrorArguments arguments) => new(
        [
            local.Lines.EpochAt(local.Target),
            arguments.Mirror is { } mirror ? local.Lines.Mirror(local.Target, MirrorRequest.Of(mirror)) : local.Lines.Delete(SupervisorPaths.Mirror(local.Target)),
        ],
        arguments.Mirror switch
        {
            null => $"No request to {local.Target} is copied for a deployment any more; copies under way are given up on after 10 s.",
            { AllMethods: true } all => $"{all.Percent}% of the requests to {local.Target} are sent to {all.Revision} as well, those that change something included; users are answered as before.",
            { } safe => $"{safe.Percent}% of the GET, HEAD and OPTIONS requests to {local.Target} are sent to {safe.Revision} as well, and no others; users are answered as before.",
        },
        "The router itself says so.")
    {
        VerificationCommands = [local.Lines.Get(SupervisorPaths.Target(local.Target))],
    };

    protected override async Task RunAsync(MirrorArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        using SupervisorClient client = await local.ConnectAsync(context, cancellationToken);
        await client.MirrorAsync(local.Target, arguments.Mirror is { } mirror ? MirrorRequest.Of(mirror) : null, context.Epoch, cancellationToken);
    }

    protected override async Task<string?> VerifyAsync(MirrorArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        MirrorRequest? wanted = arguments.Mirror is { } mirror ? MirrorRequest.Of(mirror) : null;
        if (await local.RouterAsync(cancellationToken) is not { } router)
        {
            return wanted is null && local.Look()?.Port is null ? null : $"The router of {local.Target} does not answer.";
        }

        return router.Table.Mirror == wanted ? null : $"The router of {local.Target} copies requests to {router.Table.Mirror?.Mirror().ToString() ?? "nobody"}.";
    }
}
