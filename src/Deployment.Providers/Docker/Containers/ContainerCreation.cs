using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Deployment.Json;
using Deployment.Releases;

namespace Deployment.Providers.Docker.Containers;

/// <summary>One container as it is to be made: the arguments of <c>docker create</c>.</summary>
internal sealed record ContainerCreation
{
    public required string Target { get; init; }

    public required RevisionId Revision { get; init; }

    public required string Slot { get; init; }

    public required DockerHost Host { get; init; }

    public required ContainerSpec Spec { get; init; }

    public string Name => DockerNames.Of(Target, Revision, Slot);

    /// <summary>By which the same revision is told from one that is run in another way.</summary>
    public static string HashOf(ContainerSpec spec)
    {
        // How long its image may take to come, and how it is waited for, makes it no other container.
        ContainerSpec made = spec with { Pull = default, PullSeconds = 0, StartSeconds = 0, HealthPath = null, Restart = "" };
        return Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Of(JsonSerializer.SerializeToElement(made, DockerJson.Default.ContainerSpec))));
    }

    /// <summary>The arguments. Each value is one argument with its option's name, so whatever it begins with it is no option of its own.</summary>
    /// <param name="image">By what reference the image is run.</param>
    /// <param name="port">The port of the host; null for a worker.</param>
    /// <param name="epoch">The run's epoch.</param>
    public string[] Arguments(string image, int? port, long epoch) => Arguments(image, port is { } number ? Number(number) : null, epoch.ToString(CultureInfo.InvariantCulture));

    /// <summary>The same with texts, for a line in which a shell puts the port.</summary>
    public string[] Arguments(string image, string? port, string epoch) =>
    [
        "create",
        "--pull=never",
        $"--name={Name}",
        .. Labels(port, epoch).Select(label => $"--label={label.Key}={label.Value}"),
        .. Environment().Select(variable => $"--env={variable.Key}={variable.Value}"),
        .. Publishing(port),
        .. Mounts(),
        .. Limits(),
        .. Health(),
        image,
        .. Spec.Command,
    ];

    /// <summary>What is set in the container; a secret's variable has the path of its file.</summary>
    private SortedDictionary<string, string> Environment()
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string variable in Spec.Secrets.Keys)
        {
            all[$"{variable}_FILE"] = $"{Spec.SecretsFolder}/{variable}";
        }

        foreach ((string variable, string value) in Spec.Environment)
        {
            all[variable] = value;
        }

        // What is published is this port, whatever a setting says.
        if (Spec.Port is { } port)
        {
            all[ContainerSpec.PortVariable] = Number(port);
        }

        return all;
    }

    private IEnumerable<KeyValuePair<string, string>> Labels(string? port, string epoch)
    {
        yield return KeyValuePair.Create(ContainerLabels.Target, Target);
        yield return KeyValuePair.Create(ContainerLabels.Application, Revision.Application);
        yield return KeyValuePair.Create(ContainerLabels.Revision, Revision.ToString());
        yield return KeyValuePair.Create(ContainerLabels.Slot, Slot);
        yield return KeyValuePair.Create(ContainerLabels.Epoch, epoch);
        yield return KeyValuePair.Create(ContainerLabels.Spec, HashOf(Spec));
        yield return KeyValuePair.Create(ContainerLabels.Image, Spec.Image);
        if (port is not null)
        {
            yield return KeyValuePair.Create(ContainerLabels.Port, port);
            yield return KeyValuePair.Create(ContainerLabels.Address, $"{Bracketed(Host.Address)}:{port}");
        }
    }

    private IEnumerable<string> Publishing(string? port) => port is not null && Spec.Port is { } inside
        ? [$"--publish={Bracketed(Host.BindAddress)}:{port}:{Number(inside)}"]
        : [];

    private IEnumerable<string> Mounts() =>
    [
        .. Spec.Secrets.Count > 0 ? new[] { $"--mount=type=volume,dst={Spec.SecretsFolder}" } : [],
        .. Spec.Volumes.Select(volume => $"--mount=type={(volume.IsFolder ? "bind" : "volume")},src={volume.Source},dst={volume.Destination}{(volume.ReadOnly ? ",readonly" : "")}"),
        .. Spec.Networks.Take(1).Select(network => $"--network={network}"),
    ];

    private IEnumerable<string> Limits()
    {
        if (Spec.MemoryBytes is { } memory)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"--memory={memory}");
        }

        if (Spec.Cpus is { } cpus)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"--cpus={cpus:0.##}");
        }

        if (Spec.User is { } user)
        {
            yield return $"--user={user}";
        }

        if (Spec.ReadOnlyRoot)
        {
            yield return "--read-only";
        }

        yield return $"--stop-timeout={Number((int)Math.Ceiling(Spec.StopSeconds))}";
    }

    // Docker's tool takes a health check as one text that a shell in the container reads.
    private IEnumerable<string> Health() => Spec.HealthCommand.IsDefaultOrEmpty
        ? []
        : [$"--health-cmd={string.Join(' ', Spec.HealthCommand.Select(Commands.CommandLine.Quote))}", "--health-interval=1s", "--health-timeout=5s"];

    private static string Bracketed(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
