using System.Text.Json.Serialization;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Benchmarks.Workload;

/// <summary>A target whose effects do nothing, so that what is left is the engine.</summary>
internal sealed class EmptyTarget : DeploymentTarget
{
    private readonly EmptyVerb _verb;

    internal EmptyTarget()
        : base("empty")
    {
        _verb = new EmptyVerb(this);
        Verbs = [_verb];
    }

    public override IReadOnlyList<Verb> Verbs { get; }

    /// <summary>Called at each effect. Null by default.</summary>
    internal Action? Running { get; set; }

    internal Operation Nothing() => _verb.Of(Name, new EmptyArguments());

    public override Task<Observation> ObserveAsync(CancellationToken cancellationToken) => Task.FromResult(new Observation { Target = Name });

    public override string? Refuses(Artifact artifact) => null;
}

internal sealed class EmptyVerb(EmptyTarget target) : Verb<EmptyArguments>("do-nothing", Repeatability.Idempotent, EmptyJson.Default.EmptyArguments)
{
    protected override VerbDescription Describe(EmptyArguments arguments) => new(["true"], "Nothing has changed.", "true");

    protected override Task RunAsync(EmptyArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        target.Running?.Invoke();
        return Task.CompletedTask;
    }

    protected override Task<string?> VerifyAsync(EmptyArguments arguments, EffectContext context, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}

internal sealed record EmptyArguments;

[JsonSerializable(typeof(EmptyArguments))]
internal sealed partial class EmptyJson : JsonSerializerContext;
