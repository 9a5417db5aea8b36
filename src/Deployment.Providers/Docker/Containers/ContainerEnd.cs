using System.Globalization;
using Deployment.Commands;
using Deployment.Providers.Docker.Cli;

namespace Deployment.Providers.Docker.Containers;

/// <summary>Takes containers out of use. What is gone already is no error.</summary>
internal sealed class ContainerEnd(DockerCli docker)
{
    /// <summary>
    /// Ends it, so that neither its own end nor a restart of the host brings it back. It can be started again. Meanwhile it has another name: Docker tells of
    /// no container that it is being ended, and who comes after a deployer that died must not take it for one that runs.
    /// </summary>
    public async Task StopAsync(Container container, double graceSeconds, CancellationToken cancellationToken)
    {
        await KeepAsync([container], "no", cancellationToken);
        if (container.Lives)
        {
            if (!container.IsEnding)
            {
                await RenameAsync(container, DockerNames.Ending(container.Name), cancellationToken);
            }

            await EndAsync(container, graceSeconds, cancellationToken);
        }

        if (container.Lives || container.IsEnding)
        {
            await RenameAsync(container, DockerNames.Whole(container.Name), cancellationToken);
        }
    }

    // A name that another container has is no reason to stop: one may have been made by hand beside what a deployer that died had left.
    private async Task RenameAsync(Container container, string name, CancellationToken cancellationToken)
    {
        Command rename = docker.Line("rename", container.Id, name);
        (CommandResult result, _) = await docker.TryAsync(rename, null, cancellationToken);
        if (!DockerErrors.HasThatName(result) && !DockerErrors.IsNameInUse(result))
        {
            Check(rename, result);
        }
    }

    private async Task EndAsync(Container container, double graceSeconds, CancellationToken cancellationToken)
    {
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

    /// <summary>
    /// Says what Docker does when they end, or the host is started anew. What is to come back has users from then on, and that stays to be seen: as a limit of
    /// processes that is said to be none, where Docker otherwise has nothing said of it. One command does both, so no crash comes between.
    /// </summary>
    public async Task KeepAsync(IReadOnlyCollection<Container> containers, string policy, CancellationToken cancellationToken)
    {
        bool serves = policy != "no";
        foreach (Container container in containers.Where(container => container.Restart != policy || (serves && !container.HasServed)))
        {
            await RunAsync(docker.Line(["update", $"--restart={policy}", .. serves ? new[] { ContainerLabels.Served } : [], container.Id]), cancellationToken);
        }
    }

    private async Task RunAsync(Command command, CancellationToken cancellationToken)
    {
        (CommandResult result, _) = await docker.TryAsync(command, null, cancellationToken);
        Check(command, result);
    }

    private void Check(Command command, CommandResult result)
    {
        if (result.ExitCode != 0 && !DockerErrors.IsNoSuchContainer(result) && !DockerErrors.IsBeingRemoved(result))
        {
            throw DockerErrors.Of(docker.Host, command, result);
        }
    }
}
