using System.Text.Json;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>A fake target whose effects take a second before they take place and one after it, and are watched on both sides.</summary>
internal sealed class WatchedTarget : DeploymentTarget
{
    internal static readonly TimeSpan Half = TimeSpan.FromSeconds(1);

    private readonly FakeTarget _inner;

    internal WatchedTarget(FakeTarget inner, StrategyWatch watch, SimulatedProcess process, TimeProvider time)
        : base(inner.Name)
    {
        _inner = inner;
        Verbs = [.. inner.Verbs.Select(verb => new WatchedVerb(verb, inner, watch, process, time))];
    }

    public override IReadOnlyList<Verb> Verbs { get; }

    public override IReadOnlyList<Prerequisite> Prerequisites => _inner.Prerequisites;

    public override Task<Observation> ObserveAsync(CancellationToken cancellationToken) => _inner.ObserveAsync(cancellationToken);

    public override T? Capability<T>(Observation seen)
        where T : class => _inner.Capability<T>(seen);

    public override string? Refuses(Artifact artifact) => _inner.Refuses(artifact);

    private sealed class WatchedVerb(Verb inner, FakeTarget target, StrategyWatch watch, SimulatedProcess process, TimeProvider time) : Verb(inner.Name, inner.Repeatability)
    {
        internal override VerbDescription Describe(JsonElement arguments) => inner.Describe(arguments);

        internal override async Task RunAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken)
        {
            WatchedEffect effect = watch.Begin(target, inner.Name, arguments.Deserialize(FakeJson.Default.FakeArguments)!, context.StepId);
            // A target has one lane, and so one effect at a time.
            target.Halfway = (_, _) =>
            {
                watch.FailHalfwayIfTold(effect);
                return Task.CompletedTask;
            };
            try
            {
                await Task.Delay(Half, time, cancellationToken);
                watch.FailIfTold(context.StepId, after: false);
                // What a process that died meanwhile had running was ended by its successor.
                process.EnsureAlive();
                await inner.RunAsync(arguments, context, cancellationToken);
                watch.TookPlace(effect);
                await Task.Delay(Half, time, cancellationToken);
                watch.FailIfTold(context.StepId, after: true);
            }
            finally
            {
                watch.End(effect);
            }
        }

        internal override Task<ProbeResult> ProbeAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken) =>
            inner.ProbeAsync(arguments, context, cancellationToken);

        internal override Task<string?> VerifyAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken) =>
            inner.VerifyAsync(arguments, context, cancellationToken);
    }
}
