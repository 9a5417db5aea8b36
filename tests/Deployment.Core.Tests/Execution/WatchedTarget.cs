using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Tests.Execution;

/// <summary>A target that a test knows to be looked at, and that it may make wait or fail then.</summary>
internal sealed class WatchedTarget(DeploymentTarget inner, Func<CancellationToken, Task> looking) : DeploymentTarget(inner.Name)
{
    public override IReadOnlyList<Verb> Verbs => inner.Verbs;

    public override IReadOnlyList<Prerequisite> Prerequisites => inner.Prerequisites;

    public override T? Capability<T>(Observation seen)
        where T : class => inner.Capability<T>(seen);

    public override async Task<Observation> ObserveAsync(CancellationToken cancellationToken)
    {
        await looking(cancellationToken);
        return await inner.ObserveAsync(cancellationToken);
    }

    public override string? Refuses(Artifact artifact) => inner.Refuses(artifact);
}
