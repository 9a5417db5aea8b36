using Deployment.Providers.Docker.Containers;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>Ends the containers of a revision that takes no traffic. The last ones stay on the host, ended, to be started again.</summary>
internal sealed class RemoveVerb(DockerOperations docker) : Verb<RemoveArguments>("remove", Repeatability.Idempotent, DockerJson.Default.RemoveArguments)
{
    protected override VerbDescription Describe(RemoveArguments arguments) => new(
        docker.Lines.Stop([DockerLines.Filter(ContainerLabels.Revision, arguments.Revision.ToString())]),
        $"No container of {arguments.Revision} runs on {docker.Target}. {(docker.Options.KeptRevisions == 0 ? "None is kept once the run has succeeded." : $"The last {docker.Options.KeptRevisions} that had users keep theirs, ended, and their images.")}",
        "No container of the revision runs.")
    {
        VerificationCommands = docker.Lines.Show(),
    };

    protected override async Task RunAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        await docker.FenceAsync(arguments.Revision.Application, context, cancellationToken);
        if (await docker.HasTrafficAsync(arguments.Revision, cancellationToken))
        {
            throw new DeploymentException($"{arguments.Revision} can't be removed from {docker.Target}: it has traffic. Give that to another revision first. Nothing was changed.");
        }

        await docker.StopAsync((await docker.LookAsync(context, cancellationToken)).Where(container => container.Revision == arguments.Revision), context, cancellationToken);
    }

    protected override async Task<string?> VerifyAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        (await docker.LookAsync(context, cancellationToken)).FirstOrDefault(container => container.Revision == arguments.Revision && container.Stands) is { } left
            ? $"The container {left.Name} of {arguments.Revision} still runs on {left.Host.Name}."
            : null;
}
