using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>
/// A target whose artifacts can have names that move, such as an image's tag. Before a deployment is planned the targets of its pipeline are asked side by
/// side. Who finds another digest than the first of them is asked again, with that one's: all of them bring the same, and the plan names it.
/// </summary>
public interface IPinArtifacts
{
    /// <summary>
    /// Finds out what an artifact's name stands for, and has it at hand where that takes long: so a run whose window opens doesn't wait for it. Nothing that
    /// users see changes. One that is pinned already stays what it is.
    /// </summary>
    /// <param name="artifact">An artifact that the target doesn't refuse.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The artifact with <see cref="Artifact.Sha256"/>.</returns>
    /// <exception cref="DeploymentException">It can't be found or had; the message says why and what to do.</exception>
    Task<Artifact> PinAsync(Artifact artifact, CancellationToken cancellationToken);
}
