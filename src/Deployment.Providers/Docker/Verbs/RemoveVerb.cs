using Deployment.Providers.Docker.Containers;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>Ends the containers of a revision that takes no traffic. The last ones stay on the host, ended, to be started again.</summary>
internal sealed class RemoveVerb(DockerOperations docker) : Verb<RemoveArguments>("remove", Repeatability.Idempotent, DockerJson.Default.RemoveArguments)
{
    protected override VerbDescription Describe(RemoveArguments arguments) => new(
        docker.Lines.Stop([DockerLines.Filter(ContainerLabels.Revision, arguments.Revision.ToString())]),
        $"No container of {arguments.Revision} runs on {docker.Target}. {(docker.Options.KeptRevisions == 0 ? "None is kept." : $"The last {docker.Options.KeptRevisions} revisions keep theirs, ended, and their images.")}",
        "No container of the revision runs.")
    {
        VerificationCommands = docker.Lines.Show(),
    };

    protected override async Task RunAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        await docker.FenceAsync(context, cancellationToken);
        await docker.StopAsync((await docker.LookAsync(context, cancellationToken)).Where(container => container.Revision == arguments.Revision), context, cancellationToken);
        await docker.TidyAsync(context, cancellationToken);
    }

    protected override async Task<string?> VerifyAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        (await docker.LookAsync(context, cancellationToken)).FirstOrDefault(container => container.Revision == arguments.Revision && container.Stands) is { } left
            ? $"The container {left.Name} of {arguments.Revision} still runs on {left.Host.Name}."
            : null;
}
