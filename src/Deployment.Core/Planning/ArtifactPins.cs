using Deployment.Execution;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Has the targets of a pipeline pin an artifact, so that all of them bring the same.</summary>
internal static class ArtifactPins
{
    private const int MostTargetsAtOnce = 4;

    /// <exception cref="DeploymentException">Targets can't have it; every one is told.</exception>
    internal static async Task<Artifact> PinAsync(IEnumerable<DeploymentTarget> targets, Artifact artifact, CancellationToken cancellationToken)
    {
        Pinning[] pinning = [.. targets
            .Where(target => target.Refuses(artifact) is null)
            .Select(target => (target.Name, Pins: target.Capability<IPinArtifacts>(new Observation { Target = target.Name })))
            .Where(target => target.Pins is not null)
            .Select(target => new Pinning(target.Name, target.Pins!))];
        if (pinning.Length == 0)
        {
            return artifact;
        }

        IReadOnlyList<Artifact> pinned = await PinAsync(pinning, artifact, cancellationToken);
        await PinAsync([.. pinning.Where((_, index) => pinned[index].Sha256 != pinned[0].Sha256)], pinned[0], cancellationToken);
        return pinned[0];
    }

    private static Task<IReadOnlyList<Artifact>> PinAsync(Pinning[] pinning, Artifact artifact, CancellationToken cancellationToken) => SideBySide.RunAsync(
        pinning, MostTargetsAtOnce, $"{Naming.Printable(artifact.Location ?? artifact.Kind)} can't be had everywhere", target => target.Name, target => target.Pins.PinAsync(artifact, cancellationToken));

    private sealed record Pinning(string Name, IPinArtifacts Pins);
}
