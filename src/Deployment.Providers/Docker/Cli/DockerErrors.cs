using Deployment.Commands;

namespace Deployment.Providers.Docker.Cli;

/// <summary>What the docker tool's failures mean. The tool has one exit code for all of them, so its words tell; what none fits is shown as it is.</summary>
internal static class DockerErrors
{
    // What a daemon tells of a registry has the words of broken connections as well, and waiting for the daemon would not help then.
    private static readonly string[] Unreachable = ["Cannot connect to the Docker daemon", "failed to connect to the docker API", "error during connect", "daemon is shutting down"];

    private static readonly string[] Broken = ["connection refused", "connection reset", "no such host", "i/o timeout", "EOF", "no route to host", "TLS handshake", "net/http", "certificate"];

    /// <summary>Whether the daemon didn't answer; it may do so in a moment.</summary>
    public static bool IsUnreachable(CommandResult result) => Unreachable.Any(words => Says(result, words));

    public static bool IsNameInUse(CommandResult result) => Says(result, "Conflict. The container name");

    /// <summary>Whether it is called so already: who asked before got no answer, or another process was faster.</summary>
    public static bool HasThatName(CommandResult result) => Says(result, "same name as its current name");

    public static bool IsPortInUse(CommandResult result) => Says(result, "port is already allocated") || Says(result, "address already in use");

    /// <summary>Whether the daemon was restarted while it started the container, and has lost what it had begun by then: that container can't be started any more.</summary>
    public static bool IsHalfStarted(CommandResult result) => Says(result, "id already in use") || (Says(result, "already exists") && (Says(result, "task ") || Says(result, "endpoint with name")) && !IsConnected(result));

    public static bool IsNoSuchContainer(CommandResult result) => Says(result, "No such container") || Says(result, "No such object");

    /// <summary>How many containers it says it doesn't know.</summary>
    public static int CountNoSuchContainers(CommandResult result) => (result.Error + result.Output).Split('\n').Count(line => Says(line, "No such container") || Says(line, "No such object"));

    public static bool IsConnected(CommandResult result) => Says(result, "already exists in network");

    public static bool IsNoSuchImage(CommandResult result) => Says(result, "No such image");

    public static bool IsBeingRemoved(CommandResult result) => Says(result, "is already in progress") || Says(result, "is marked for removal");

    /// <summary>The exception for a command that failed.</summary>
    public static DeploymentException Of(DockerHost host, Command command, CommandResult result)
    {
        string? advice = AdviceOf(host, command, result);
        string said = string.Join('\n', (result.Error.Length > 0 ? result.Error : result.Output).TrimEnd().Split('\n').TakeLast(50)).Trim();
        return new DeploymentException(advice is null
            ? $"On {host.Name} `{command}` ended with exit code {result.ExitCode}: {(said.Length > 0 ? said : "it printed nothing.")}"
            : $"{advice} `{command}` said: {said}");
    }

    private static string? AdviceOf(DockerHost host, Command command, CommandResult result)
    {
        if (Says(result, "permission denied while trying to connect"))
        {
            return $"This user may not speak to the Docker daemon of {host.Name}. Add the user to the group that owns the socket (docker, usually), or take a context with rights.";
        }

        if (IsUnreachable(result))
        {
            return $"The Docker daemon of {host.Name} can't be reached. See that it runs (systemctl status docker) and that the address, the context or DOCKER_HOST is right.";
        }

        if (Says(result, "no space left on device"))
        {
            return $"The disk of {host.Name} is full. Make room (docker system df shows what Docker holds), and try again.";
        }

        if (Says(result, "manifest unknown") || Says(result, "repository name not known to registry"))
        {
            return "The registry has no such image. See that the tag or digest is right and that it was pushed.";
        }

        if (Says(result, "no basic auth credentials") || Says(result, "unauthorized") || Says(result, "pull access denied") || Says(result, "denied: requested access"))
        {
            return $"The registry refuses these credentials, or wants some. Log in where the docker tool of this process looks (docker login{(host.ConfigFolder is { } folder ? $", DOCKER_CONFIG={folder}" : "")}), or mend its credential helper.";
        }

        if (command.Arguments.Contains("pull") && Broken.Any(words => Says(result, words)))
        {
            return $"{host.Name} could not have the image from its registry, or not whole. See that the registry runs and that this host reaches it, and try again: what was fetched by then is kept.";
        }

        if (IsPortInUse(result))
        {
            return $"A port is in use on {host.Name}. Stop what listens there, or take another one.";
        }

        return IsNameInUse(result) ? $"A container of that name is on {host.Name} and isn't this target's. Remove or rename it." : null;
    }

    private static bool Says(CommandResult result, string words) =>
        result.Error.Contains(words, StringComparison.OrdinalIgnoreCase) || result.Output.Contains(words, StringComparison.OrdinalIgnoreCase);

    private static bool Says(string line, string words) => line.Contains(words, StringComparison.OrdinalIgnoreCase);
}
