using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Deployment.Providers.Docker.Containers;

/// <summary>How the containers of a revision are run, as the runbook shows it: secrets by name.</summary>
/// <remarks>What may be missing has a set accessor: generated readers pass init accessors a zero or null instead of leaving their default.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ContainerSpec
{
    /// <summary>The variable that tells the application <see cref="Port"/>.</summary>
    public const string PortVariable = "PORT";

    /// <summary>The image as people name it.</summary>
    public required string Image { get; init; }

    /// <summary>Its digest, by which it is run.</summary>
    public required string Sha256 { get; init; }

    public ImagePull Pull { get; set; }

    public double PullSeconds { get; set; } = 600;

    /// <summary>What runs in place of the image's command; empty for that.</summary>
    public ImmutableArray<string> Command { get; set; } = [];

    public ImmutableSortedDictionary<string, string> Environment { get; set; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The names of its secrets, by variable.</summary>
    public ImmutableSortedDictionary<string, string> Secrets { get; set; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Where it finds them.</summary>
    public string SecretsFolder { get; set; } = "/run/secrets";

    /// <summary>The port that it listens on; null for a worker.</summary>
    public int? Port { get; set; }

    public ImmutableArray<DockerVolume> Volumes { get; set; } = [];

    public ImmutableArray<string> Networks { get; set; } = [];

    public long? MemoryBytes { get; set; }

    public double? Cpus { get; set; }

    public string? User { get; set; }

    public bool ReadOnlyRoot { get; set; }

    /// <summary>What is asked until it is ready; null for the image's own check, or any answer where it has none.</summary>
    public string? HealthPath { get; set; }

    /// <summary>A command in the container that says whether it is well; empty for none.</summary>
    public ImmutableArray<string> HealthCommand { get; set; } = [];

    public double StartSeconds { get; set; } = 60;

    public double StopSeconds { get; set; } = 10;

    public string Restart { get; set; } = "unless-stopped";
}
