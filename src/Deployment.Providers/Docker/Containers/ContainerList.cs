using System.Globalization;
using System.Text.Json;
using Deployment.Commands;
using Deployment.Providers.Docker.Cli;
using Deployment.Releases;

namespace Deployment.Providers.Docker.Containers;

/// <summary>Reads the containers of one host that bear our labels.</summary>
internal sealed class ContainerList(DockerCli docker)
{
    private const int Tries = 5;
    private const int Columns = 18;
    private const int IdLength = 64;

    private static readonly string Format = "[" + string.Join(',',
        "{{json .Id}}",
        "{{json .Name}}",
        Label(ContainerLabels.Target),
        Label(ContainerLabels.Revision),
        Label(ContainerLabels.Slot),
        Label(ContainerLabels.Port),
        Label(ContainerLabels.Epoch),
        Label(ContainerLabels.Spec),
        "{{json .Config.Image}}",
        "{{json .Image}}",
        "{{json .State.Status}}",
        "{{json .State.ExitCode}}",
        "{{json .HostConfig.RestartPolicy.Name}}",
        "{{with index .State \"Health\"}}{{json (index . \"Status\")}}{{else}}\"\"{{end}}",
        "{{json .RestartCount}}",
        "{{json .State.FinishedAt}}",
        Label(ContainerLabels.Image),
        "{{json .HostConfig.PidsLimit}}") + "]";

    /// <summary>All containers of a target.</summary>
    public Task<IReadOnlyList<Container>> OfAsync(string target, CancellationToken cancellationToken) => ReadAsync($"label={ContainerLabels.Target}={target}", cancellationToken);

    /// <summary>All containers that any target made.</summary>
    public Task<IReadOnlyList<Container>> AllAsync(CancellationToken cancellationToken) => ReadAsync($"label={ContainerLabels.Target}", cancellationToken);

    /// <summary>One container, also while it is being ended; null when there is none of that name that is ours.</summary>
    public async Task<Container?> FindAsync(string name, CancellationToken cancellationToken)
    {
        Command command = docker.Line("container", "inspect", "--format", Format, name, DockerNames.Ending(name));
        (CommandResult result, IReadOnlyList<string> lines) = await docker.TryAsync(command, null, cancellationToken);
        // One of the two names is always missing, and the tool tells what it found all the same. What is neither found nor missing could not be looked at.
        int told = lines.Count(line => line.StartsWith('[')) + DockerErrors.CountNoSuchContainers(result);
        return result.ExitCode == 0 || told >= 2 ? ParseAll(lines).FirstOrDefault() : throw DockerErrors.Of(docker.Host, command, result);
    }

    /// <summary>The ids of all containers of the host that were made of an image or of one built on it.</summary>
    public Task<IReadOnlyList<string>> UsersOfAsync(string imageId, CancellationToken cancellationToken) => IdsAsync($"ancestor={imageId}", cancellationToken);

    // The tool prints its warnings between its answers.
    private async Task<IReadOnlyList<string>> IdsAsync(string filter, CancellationToken cancellationToken) =>
        [.. (await docker.RunAsync(cancellationToken, "ps", "--all", "--quiet", "--no-trunc", "--filter", filter)).Where(line => line.Length == IdLength && line.All(char.IsAsciiHexDigitLower))];

    private async Task<IReadOnlyList<Container>> ReadAsync(string filter, CancellationToken cancellationToken)
    {
        for (int left = Tries; ; left--)
        {
            IReadOnlyList<string> ids = await IdsAsync(filter, cancellationToken);
            if (ids.Count == 0)
            {
                return [];
            }

            if (await ReadAsync(["container", "inspect", "--format", Format, .. ids], cancellationToken) is { } containers)
            {
                return containers;
            }

            if (left == 1)
            {
                throw new DeploymentException($"The containers of {docker.Host.Name} can't be read: they come and go while they are looked at. Try again.");
            }
        }
    }

    /// <summary>Null when one of them is gone by now.</summary>
    private async Task<IReadOnlyList<Container>?> ReadAsync(string[] arguments, CancellationToken cancellationToken)
    {
        Command command = docker.Line(arguments);
        (CommandResult result, IReadOnlyList<string> lines) = await docker.TryAsync(command, null, cancellationToken);
        return result.ExitCode == 0 ? [.. ParseAll(lines)]
            : DockerErrors.IsNoSuchContainer(result) ? null
            : throw DockerErrors.Of(docker.Host, command, result);
    }

    private IEnumerable<Container> ParseAll(IEnumerable<string> lines) => lines.Where(line => line.StartsWith('[')).Select(Parse).OfType<Container>();

    /// <summary>Null for a container whose labels none of ours wrote.</summary>
    private Container? Parse(string line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement[] seen = [.. json.RootElement.EnumerateArray()];
            if (seen.Length != Columns || !RevisionId.TryParse(Text(seen[3]), out RevisionId? revision) || Naming.Problem("target", Text(seen[2])) is not null || Naming.Problem("slot", Text(seen[4])) is not null)
            {
                return null;
            }

            return new Container
            {
                Host = docker.Host,
                Id = Text(seen[0]),
                Name = Text(seen[1]).TrimStart('/'),
                Target = Text(seen[2]),
                Revision = revision,
                Slot = Text(seen[4]),
                Port = int.TryParse(Text(seen[5]), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535 ? port : null,
                Epoch = long.TryParse(Text(seen[6]), NumberStyles.None, CultureInfo.InvariantCulture, out long epoch) ? epoch : 0,
                Spec = Text(seen[7]),
                Image = Text(seen[8]),
                ImageId = Text(seen[9]),
                Status = Text(seen[10]),
                ExitCode = seen[11].GetInt32(),
                Restart = Text(seen[12]) is { Length: > 0 } restart ? restart : "no",
                Health = Text(seen[13]),
                Restarts = seen[14].GetInt32(),
                Ended = DateTimeOffset.TryParse(Text(seen[15]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset ended) ? ended : default,
                Tag = Text(seen[16]),
                HasServed = seen[17].ValueKind == JsonValueKind.Number,
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new DeploymentException($"What {docker.Host.Name} says of a container can't be read: {error.Message}", error);
        }
    }

    private static string Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : "";

    private static string Label(string name) => $$$"""{{json (index .Config.Labels "{{{name}}}")}}""";
}
