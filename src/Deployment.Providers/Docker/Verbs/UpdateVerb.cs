using Deployment.Providers.Docker.Containers;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>
/// Replaces what runs by a revision. Behind a router it starts beside the old one, so nobody notices; a port or a worker's work belongs to one at a time,
/// so there the old one ends first, with the new one made already.
/// </summary>
internal sealed class UpdateVerb(DockerOperations docker, ITrafficRouter? router, SlotTraffic traffic) : Verb<InstallArguments>("update", Repeatability.Idempotent, DockerJson.Default.InstallArguments)
{
    protected override VerbDescription Describe(InstallArguments arguments)
    {
        DockerLines lines = docker.Lines;
        IReadOnlyList<string> make = lines.Make(arguments.Revision, arguments.Container, docker.Slots, docker.HostOf);
        IReadOnlyList<string> start = lines.Start(arguments.Revision, arguments.Container, docker.Slots, docker.HostOf);
        IReadOnlyList<string> keep = lines.Keep(arguments.Revision);
        IReadOnlyList<string> stop = lines.StopOthers(arguments.Revision);
        return new VerbDescription(
            router is null
                ? DockerLines.AsOne([.. make, .. stop, .. start, .. keep])
                : [.. make, .. start, .. keep, .. router.RouteCommands(TrafficSplit.AllTo(arguments.Revision), [], null, lines.Addresses), .. stop],
            $"{arguments.Revision} runs on {docker.Target}{(docker.PublishedPort is { } port ? $" and answers on port {port}" : "")}, and nothing else of the target does.",
            "Every container of the revision runs and is well, and no other revision's does.")
        {
            VerificationCommands = docker.Lines.Show(),
        };
    }

    protected override async Task RunAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        await docker.FenceAsync(arguments.Revision.Application, context, cancellationToken);
        RevisionId revision = arguments.Revision;
        if (router is null)
        {
            await docker.CreateAsync(revision, arguments.Container, docker.Slots, context, cancellationToken);
            await docker.StopAsync(await OthersAsync(revision, context, cancellationToken), context, cancellationToken);
        }

        await docker.StartAsync(revision, arguments.Container, docker.Slots, context, cancellationToken);
        if (router is not null)
        {
            // Before it has users: from then on it must come back by itself.
            await docker.KeepAsync(container => container.Revision == revision || container.Restart != "no", context, cancellationToken);
            await traffic.ApplyAsync(SlotTable.Empty.With([.. docker.Slots], revision), context, cancellationToken);
        }

        await docker.KeepAsync(container => container.Revision == revision, context, cancellationToken);
        await docker.StopAsync(await OthersAsync(revision, context, cancellationToken), context, cancellationToken);
    }

    protected override async Task<string?> VerifyAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        await docker.VerifyAsync(arguments.Revision, arguments.Container, docker.Slots, context, cancellationToken)
        ?? ((await OthersAsync(arguments.Revision, context, cancellationToken)).FirstOrDefault(container => container.Stands) is { } other
            ? $"The container {other.Name} of {other.Revision} still runs on {other.Host.Name}."
            : null);

    private async Task<IReadOnlyList<Container>> OthersAsync(RevisionId revision, EffectContext context, CancellationToken cancellationToken) =>
        [.. (await docker.LookAsync(context, cancellationToken)).Where(container => container.Revision != revision && container.Stands)];
}
