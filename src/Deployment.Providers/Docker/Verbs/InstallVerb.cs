using Deployment.Providers.Docker.Containers;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>Starts the containers of a revision, without traffic.</summary>
internal sealed class InstallVerb(DockerOperations docker) : Verb<InstallArguments>("install", Repeatability.Idempotent, DockerJson.Default.InstallArguments)
{
    protected override VerbDescription Describe(InstallArguments arguments)
    {
        ContainerSpec spec = arguments.Container;
        int count = docker.Slots.Length;
        return new VerbDescription(
            [.. docker.Lines.Make(arguments.Revision, spec, docker.Slots, docker.HostOf), .. docker.Lines.Start(arguments.Revision, spec, docker.Slots, docker.HostOf)],
            $"{(count == 1 ? "One container" : $"{count} containers")} of {arguments.Revision} run{(count == 1 ? "s" : "")} on {Hosts()}, {(count == 1 ? "is" : "are")} well and take{(count == 1 ? "s" : "")} no traffic.",
            "Every container runs and is well.")
        {
            VerificationCommands = docker.Lines.Show(),
        };
    }

    protected override async Task RunAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        await docker.FenceAsync(arguments.Revision.Application, context, cancellationToken);
        await docker.StartAsync(arguments.Revision, arguments.Container, docker.Slots, context, cancellationToken);
    }

    protected override Task<string?> VerifyAsync(InstallArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        docker.VerifyAsync(arguments.Revision, arguments.Container, docker.Slots, context, cancellationToken);

    private string Hosts() => docker.Options.Hosts.Count == 1 ? docker.Options.Hosts[0].Name : $"{docker.Options.Hosts.Count} hosts";
}
