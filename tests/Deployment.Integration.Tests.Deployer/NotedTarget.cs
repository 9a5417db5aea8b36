using System.Text.Json;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Integration.Tests.Deployer;

/// <summary>A target whose effects are noted outside, and in one of which the process may stop.</summary>
internal sealed class NotedTarget : DeploymentTarget
{
    private readonly DeploymentTarget _inner;

    internal NotedTarget(DeploymentTarget inner, WorldFiles files, LateEffect? late)
        : base(inner.Name)
    {
        _inner = inner;
        Verbs = [.. inner.Verbs.Select(verb => new NotedVerb(verb, files, late))];
    }

    public override IReadOnlyList<Verb> Verbs { get; }

    public override IReadOnlyList<Prerequisite> Prerequisites => _inner.Prerequisites;

    public override Task<Observation> ObserveAsync(CancellationToken cancellationToken) => _inner.ObserveAsync(cancellationToken);

    public override T? Capability<T>(Observation seen)
        where T : class => _inner.Capability<T>(seen);

    public override string? Refuses(Artifact artifact) => _inner.Refuses(artifact);

    private sealed class NotedVerb(Verb inner, WorldFiles files, LateEffect? late) : Verb(inner.Name, inner.Repeatability)
    {
        internal override VerbDescription Describe(JsonElement arguments) => inner.Describe(arguments);

        internal override async Task RunAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken)
        {
            files.Note("begin", Name, context);
            await (late is null
                ? inner.RunAsync(arguments, context, cancellationToken)
                : late.RunAsync(Name, context, (context, cancellationToken) => inner.RunAsync(arguments, context, cancellationToken), cancellationToken));
            files.Note("done", Name, context);
        }

        internal override Task<ProbeResult> ProbeAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken) =>
            inner.ProbeAsync(arguments, context, cancellationToken);

        internal override Task<string?> VerifyAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken) =>
            inner.VerifyAsync(arguments, context, cancellationToken);
    }
}
