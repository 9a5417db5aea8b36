using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>
/// A target that can tell before a deployment what it would change there, such as which files or objects. It is asked while the deployment is planned, the runbook
/// shows it, and an approval is bound to it.
/// </summary>
public interface IShowChanges
{
    /// <summary>Looks at what stands and compares. Nothing is changed.</summary>
    /// <param name="release">A release whose artifact is pinned and not refused.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What would change.</returns>
    /// <exception cref="DeploymentException">It can't be found out; the message says why and what to do.</exception>
    Task<TargetChanges> ChangesAsync(Release release, CancellationToken cancellationToken);
}
