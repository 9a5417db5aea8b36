using System.Text.Json;
using Deployment.Flags;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>A resource whose effects take as long as those of targets, and are watched on both sides.</summary>
internal sealed class WatchedResource : DeploymentTarget
{
    private readonly DeploymentTarget _inner;

    internal WatchedResource(DeploymentTarget inner, StrategyWatch watch, SimulatedProcess process, TimeProvider time)
        : base(inner.Name)
    {
        _inner = inner;
        Verbs = [.. inner.Verbs.Select(verb => new WatchedVerb(verb, watch, process, time))];
    }

    public override IReadOnlyList<Verb> Verbs { get; }

    public override IReadOnlyList<Prerequisite> Prerequisites => _inner.Prerequisites;

    public override Task<Observation> ObserveAsync(CancellationToken cancellationToken) => _inner.ObserveAsync(cancellationToken);

    public override T? Capability<T>(Observation seen)
        where T : class => _inner.Capability<T>(seen);

    public override string? Refuses(Artifact artifact) => _inner.Refuses(artifact);

    private sealed class WatchedVerb(Verb inner, StrategyWatch watch, SimulatedProcess process, TimeProvider time) : Verb(inner.Name, inner.Repeatability)
    {
        internal override VerbDescription Describe(JsonElement arguments) => inner.Describe(arguments);

        internal override async Task RunAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken)
        {
            FlagAudience before = watch.BeginOfResource();
            await Task.Delay(WatchedTarget.Half, time, cancellationToken);
            watch.FailIfTold(context.StepId, after: false);
            // What a process that died meanwhile had running was ended by its successor.
            process.EnsureAlive();
            await inner.RunAsync(arguments, context, cancellationToken);
            watch.ResourceChanged(context.StepId, before);
            await Task.Delay(WatchedTarget.Half, time, cancellationToken);
            watch.FailIfTold(context.StepId, after: true);
        }

        internal override Task<ProbeResult> ProbeAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken) =>
            inner.ProbeAsync(arguments, context, cancellationToken);

        internal override Task<string?> VerifyAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken) =>
            inner.VerifyAsync(arguments, context, cancellationToken);
    }
}
