using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda;

/// <summary>A target whose revisions can be invoked themselves, before they take traffic. Checks ask for it (<see cref="Health.CheckContext.Capability{T}"/>).</summary>
public interface IInvokeRevisions
{
    /// <summary>Invokes a revision and waits for its answer.</summary>
    /// <param name="revision">One that stands.</param>
    /// <param name="payload">The event, as JSON.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">The revision doesn't stand, or can't be invoked.</exception>
    Task<LambdaAnswer> InvokeAsync(RevisionId revision, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);
}
