using System.Globalization;
using Deployment.Commands;
using Deployment.Providers.Docker.Cli;

namespace Deployment.Providers.Docker.Containers;

/// <summary>Takes containers out of use. What is gone already is no error.</summary>
internal sealed class ContainerEnd(DockerCli docker)
{
    /// <summary>Ends it, so that neither its own end nor a restart of the host brings it back. It can be started again.</summary>
    public async Task StopAsync(Container container, double graceSeconds, CancellationToken cancellationToken)
    {
        await KeepAsync([container], "no", cancellationToken);
        if (!container.Runs)
        {
            return;
        }

        string grace = ((int)Math.Ceiling(graceSeconds)).ToString(CultureInfo.InvariantCulture);
        Command stop = docker.Line("stop", "-t", grace, container.Id);
        await RunAsync(stop with { Timeout = stop.Timeout + TimeSpan.FromSeconds(graceSeconds) }, cancellationToken);
    }

    /// <summary>Ends and removes it with the volumes that are its alone.</summary>
    public async Task RemoveAsync(Container container, double graceSeconds, CancellationToken cancellationToken)
    {
        await StopAsync(container, graceSeconds, cancellationToken);
        await RunAsync(docker.Line("rm", "--volumes", container.Id), cancellationToken);
    }

    /// <summary>Says what Docker does when they end, or the host is started anew.</summary>
    public async Task KeepAsync(IReadOnlyCollection<Container> containers, string policy, CancellationToken cancellationToken)
    {
        foreach (Container container in containers.Where(container => container.Restart != policy))
        {
            await RunAsync(docker.Line("update", $"--restart={policy}", container.Id), cancellationToken);
        }
    }

    private async Task RunAsync(Command command, CancellationToken cancellationToken)
    {
        (CommandResult result, _) = await docker.TryAsync(command, null, cancellationToken);
        if (result.ExitCode != 0 && !DockerErrors.IsNoSuchContainer(result) && !DockerErrors.IsBeingRemoved(result))
        {
            throw DockerErrors.Of(docker.Host, command, result);
        }
    }
}
