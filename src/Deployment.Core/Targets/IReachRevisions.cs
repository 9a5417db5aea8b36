using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>A target whose revisions can be reached directly, before they take traffic.</summary>
public interface IReachRevisions
{
    /// <summary>The addresses of the revision's instances.</summary>
    /// <exception cref="DeploymentException">The revision doesn't stand.</exception>
    Task<IReadOnlyList<Uri>> AddressesAsync(RevisionId revision, CancellationToken cancellationToken);

    /// <summary>A line for a shell that sets the variable ADDRESS to the address of one instance.</summary>
    string AddressLookup(RevisionId revision);
}
