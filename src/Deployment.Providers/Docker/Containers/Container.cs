using Deployment.Releases;

namespace Deployment.Providers.Docker.Containers;

/// <summary>A container of ours, as it was seen.</summary>
internal sealed record Container
{
    public required DockerHost Host { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Target { get; init; }

    public required RevisionId Revision { get; init; }

    public required string Slot { get; init; }

    public required int? Port { get; init; }

    public required long Epoch { get; init; }

    public required string Spec { get; init; }

    /// <summary>The image's reference that it was made of, and the image's id.</summary>
    public required string Image { get; init; }

    public required string ImageId { get; init; }

    /// <summary>The image as it was named when it was pulled.</summary>
    public required string Tag { get; init; }

    /// <summary>created, running, paused, restarting, removing, exited or dead.</summary>
    public required string Status { get; init; }

    public required int ExitCode { get; init; }

    /// <summary>What Docker does when it ends: <c>no</c> for what has no traffic.</summary>
    public required string Restart { get; init; }

    /// <summary>healthy, unhealthy or starting; empty where nobody checks.</summary>
    public required string Health { get; init; }

    public required int Restarts { get; init; }

    public required DateTimeOffset Ended { get; init; }

    /// <summary>Whether it ever was to serve users; see <see cref="ContainerEnd.KeepAsync"/>.</summary>
    public required bool HasServed { get; init; }

    /// <summary>Whether somebody is ending it, or was when that process died. If Docker had been told by then it goes on with that, and kills it in the end.</summary>
    public bool IsEnding => DockerNames.IsEnding(Name);

    /// <summary>Whether it has a process.</summary>
    public bool Lives => Status is "running" or "restarting" or "paused";

    public bool Runs => Lives && !IsEnding;

    /// <summary>Whether it is meant to run, or isn't ended yet: a container of a host that is just starting isn't running yet.</summary>
    public bool Stands => Lives || Restart != "no";
}
