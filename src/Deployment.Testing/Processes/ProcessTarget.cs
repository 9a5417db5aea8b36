using System.Text.Json;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>A target as a simulated process reaches it.</summary>
internal sealed class ProcessTarget : DeploymentTarget
{
    private readonly SimulatedProcess _process;
    private readonly DeploymentTarget _inner;

    internal ProcessTarget(SimulatedProcess process, DeploymentTarget inner)
        : base(inner.Name)
    {
        _process = process;
        _inner = inner;
        Verbs = [.. inner.Verbs.Select(verb => new ProcessVerb(process, verb))];
    }

    public override IReadOnlyList<Verb> Verbs { get; }

    public override IReadOnlyList<Prerequisite> Prerequisites => _inner.Prerequisites;

    public override Task<Observation> ObserveAsync(CancellationToken cancellationToken)
    {
        _process.EnsureAlive();
        return _inner.ObserveAsync(cancellationToken);
    }

    public override T? Capability<T>(Observation seen)
        where T : class => _inner.Capability<T>(seen);

    public override string? Refuses(Artifact artifact) => _inner.Refuses(artifact);

    private sealed class ProcessVerb(SimulatedProcess process, Verb inner) : Verb(inner.Name, inner.Repeatability)
    {
        internal override VerbDescription Describe(JsonElement arguments) => inner.Describe(arguments);

        internal override async Task RunAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken)
        {
            process.Point($"before the effect '{inner.Name}' of step {context.StepId}");
            await inner.RunAsync(arguments, context, cancellationToken);
            process.Point($"after the effect '{inner.Name}' of step {context.StepId}");
        }

        internal override Task<ProbeResult> ProbeAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken)
        {
            process.EnsureAlive();
            return inner.ProbeAsync(arguments, context, cancellationToken);
        }

        internal override Task<string?> VerifyAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken)
        {
            process.EnsureAlive();
            return inner.VerifyAsync(arguments, context, cancellationToken);
        }
    }
}
