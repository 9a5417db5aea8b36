using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Tests.Execution;

/// <summary>A target that tidies up after a run, as a test says.</summary>
internal sealed class TidyingTarget(DeploymentTarget inner, Func<EffectContext, CancellationToken, Task> tidy) : DeploymentTarget(inner.Name), ITidyUp
{
    public override IReadOnlyList<Verb> Verbs => inner.Verbs;

    public override IReadOnlyList<Prerequisite> Prerequisites => inner.Prerequisites;

    public override T? Capability<T>(Observation seen)
        where T : class => typeof(T) == typeof(ITidyUp) ? this as T : inner.Capability<T>(seen);

    public override Task<Observation> ObserveAsync(CancellationToken cancellationToken) => inner.ObserveAsync(cancellationToken);

    public override string? Refuses(Artifact artifact) => inner.Refuses(artifact);

    public Task TidyUpAsync(EffectContext context, CancellationToken cancellationToken) => tidy(context, cancellationToken);
}
