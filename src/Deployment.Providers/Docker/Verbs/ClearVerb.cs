using Deployment.Routing;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>Removes all containers of a target: the way back from a first deployment.</summary>
internal sealed class ClearVerb(DockerOperations docker, ITrafficRouter? router, SlotTraffic traffic) : Verb<RemoveArguments>("clear", Repeatability.Idempotent, DockerJson.Default.RemoveArguments)
{
    protected override VerbDescription Describe(RemoveArguments arguments) => new(
        [.. router?.RouteCommands(TrafficSplit.None, [], null, docker.Lines.Addresses) ?? [], .. docker.Lines.Clear()],
        $"{docker.Target} has no container{(router is null ? "" : ", and its router answers 503")}.",
        "The target has no container any more.")
    {
        VerificationCommands = docker.Lines.Show(),
        Notes = ["By hand the images stay: `docker image rm` removes one that no container uses."],
    };

    protected override async Task RunAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        await docker.FenceAsync(arguments.Revision.Application, context, cancellationToken);
        await traffic.ApplyAsync(SlotTable.Empty, context, cancellationToken);
        await docker.RemoveAsync(await docker.LookAsync(context, cancellationToken), context, cancellationToken);
    }

    protected override async Task<string?> VerifyAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        await docker.LookAsync(context, cancellationToken) is [{ } left, ..] ? $"The container {left.Name} is still on {left.Host.Name}." : null;
}
