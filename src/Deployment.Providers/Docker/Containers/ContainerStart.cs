using System.Globalization;
using Deployment.Commands;
using Deployment.Providers.Docker.Cli;
using Deployment.Secrets;

namespace Deployment.Providers.Docker.Containers;

/// <summary>Brings one container about: made, given its secrets, started and ready. Whatever of that was done before is not done again.</summary>
internal sealed class ContainerStart(DockerCli docker, long epoch, IReadOnlyDictionary<string, Secret> secrets)
{
    private const int MostStarts = 100;

    private readonly ContainerList _list = new(docker);
    private readonly Secret[] _known = [.. secrets.Values];

    /// <summary>Makes it, so that all that is left is to start it.</summary>
    /// <param name="wanted">The container.</param>
    /// <param name="image">By what reference its image is run.</param>
    /// <param name="nextPort">Gives a port of the host; null where it publishes none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">Docker refuses.</exception>
    public async Task CreateAsync(ContainerCreation wanted, string image, Func<int>? nextPort, CancellationToken cancellationToken)
    {
        if (await FindEndedAsync(wanted, cancellationToken) is { } found)
        {
            if (found.Runs)
            {
                // Users may be served by it, whatever the target's options say by now: going back must not take it from them.
                return;
            }

            if (IsAsWanted(found, wanted))
            {
                // One that was made in a run that broke off may lack these; what ran had them.
                await ConnectAsync(wanted, cancellationToken);
                await GiveSecretsAsync(found, wanted, cancellationToken);
                return;
            }

            await new ContainerEnd(docker).RemoveAsync(found, wanted.Spec.StopSeconds, cancellationToken);
        }

        await MakeAsync(wanted, image, nextPort?.Invoke(), cancellationToken);
    }

    /// <summary>Starts it and waits until it is ready. A port that another program has is exchanged for the next one, and a container that a restarted daemon has lost is made anew.</summary>
    /// <exception cref="DeploymentException">It can't be started, ends, or is not ready in time.</exception>
    public async Task StartAsync(ContainerCreation wanted, string image, Func<int>? nextPort, CancellationToken cancellationToken)
    {
        for (int left = MostStarts; ; left--)
        {
            Command start = docker.Line("start", wanted.Name) with { KnownSecrets = _known };
            (CommandResult result, _) = await docker.TryAsync(start, null, cancellationToken);
            if (result.ExitCode == 0)
            {
                break;
            }

            int? port = nextPort?.Invoke();
            bool isHalf = DockerErrors.IsHalfStarted(result);
            // A published port is the only one there is: making the container anew would change nothing.
            bool mayHelp = isHalf || (DockerErrors.IsPortInUse(result) && port is not null && port != (await FindAsync(wanted, cancellationToken))?.Port);
            if (!mayHelp || left == 1)
            {
                throw DockerErrors.Of(docker.Host, start, result);
            }

            await RemoveAsync(wanted.Name, cancellationToken);
            await MakeAsync(wanted, image, port, cancellationToken);
        }

        await new Readiness(docker).WaitAsync(wanted.Name, wanted.Spec, _known, cancellationToken);
    }

    private async Task MakeAsync(ContainerCreation wanted, string image, int? port, CancellationToken cancellationToken)
    {
        Command create = docker.Line(wanted.Arguments(image, port, epoch)) with { KnownSecrets = _known };
        (CommandResult result, _) = await docker.TryAsync(create, null, cancellationToken);
        // A daemon that died after it had made the container is asked again, and says that it is there.
        bool isThere = result.ExitCode != 0 && DockerErrors.IsNameInUse(result) && await FindAsync(wanted, cancellationToken) is { } other && IsAsWanted(other, wanted);
        if (result.ExitCode != 0 && !isThere)
        {
            throw DockerErrors.Of(docker.Host, create, result);
        }

        Container made = await FindAsync(wanted, cancellationToken) ?? throw new DeploymentException($"The container {wanted.Name} is gone from {docker.Host.Name}: somebody removed it while it was made.");
        await ConnectAsync(wanted, cancellationToken);
        await GiveSecretsAsync(made, wanted, cancellationToken);
    }

    // What Docker is removing, or could not, never starts again.
    private static bool IsAsWanted(Container found, ContainerCreation wanted) => found.Spec == ContainerCreation.HashOf(wanted.Spec) && found.Status is not ("removing" or "dead");

    private async Task ConnectAsync(ContainerCreation wanted, CancellationToken cancellationToken)
    {
        foreach (string network in wanted.Spec.Networks.Skip(1))
        {
            Command connect = docker.Line("network", "connect", network, wanted.Name);
            (CommandResult result, _) = await docker.TryAsync(connect, null, cancellationToken);
            if (result.ExitCode != 0 && !DockerErrors.IsConnected(result))
            {
                throw DockerErrors.Of(docker.Host, connect, result);
            }
        }
    }

    private async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        Command remove = docker.Line("rm", "--force", "--volumes", name);
        (CommandResult result, _) = await docker.TryAsync(remove, null, cancellationToken);
        if (result.ExitCode != 0 && !DockerErrors.IsNoSuchContainer(result) && !DockerErrors.IsBeingRemoved(result))
        {
            throw DockerErrors.Of(docker.Host, remove, result);
        }
    }

    private async Task GiveSecretsAsync(Container made, ContainerCreation wanted, CancellationToken cancellationToken)
    {
        if (wanted.Spec.Secrets.Count == 0 || made.Runs)
        {
            return;
        }

        Command copy = docker.Line("cp", "-", $"{wanted.Name}:{wanted.Spec.SecretsFolder}") with
        {
            StandardInput = SecretFiles.Archive(secrets, docker.TimeProvider.GetUtcNow()),
            KnownSecrets = _known,
        };
        await docker.RunAsync(copy, null, cancellationToken);
    }

    /// <summary>The same, without one that is being ended: a deployer that died leaves that to Docker, and what is killed in a moment is of no use. So it is ended first.</summary>
    private async Task<Container?> FindEndedAsync(ContainerCreation wanted, CancellationToken cancellationToken)
    {
        Container? found = await FindAsync(wanted, cancellationToken);
        if (found is not { IsEnding: true })
        {
            return found;
        }

        await new ContainerEnd(docker).StopAsync(found, wanted.Spec.StopSeconds, cancellationToken);
        return await FindAsync(wanted, cancellationToken);
    }

    /// <summary>The container of that name; what has the name and is another's is an error.</summary>
    private async Task<Container?> FindAsync(ContainerCreation wanted, CancellationToken cancellationToken)
    {
        Container? found = await _list.FindAsync(wanted.Name, cancellationToken);
        return found is null || (found.Target == wanted.Target && found.Revision == wanted.Revision && found.Slot == wanted.Slot)
            ? found
            : throw new DeploymentException(string.Create(CultureInfo.InvariantCulture, $"The container {wanted.Name} on {docker.Host.Name} isn't slot {wanted.Slot} of {wanted.Revision} on {wanted.Target}, though it has that name. Remove or rename it."));
    }
}
