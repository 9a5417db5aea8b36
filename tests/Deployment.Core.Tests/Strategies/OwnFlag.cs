using System.Text.Json.Serialization;
using Deployment.Flags;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Tests.Strategies;

/// <summary>The flag of <see cref="StrategyConformance"/> as a user's own strategy would observe and change it.</summary>
internal sealed class OwnFlag : DeploymentTarget
{
    private const string Flag = StrategyConformance.Flag;
    private readonly FakeFeatureFlagStore _flags;
    private readonly SetVerb _set;

    internal OwnFlag(FakeFeatureFlagStore flags)
        : base("own-flag")
    {
        _flags = flags;
        _set = new SetVerb(flags);
        Verbs = [_set];
    }

    public override IReadOnlyList<Verb> Verbs { get; }

    public override async Task<Observation> ObserveAsync(CancellationToken cancellationToken) => new()
    {
        Target = Name,
        Properties = new Dictionary<string, string> { [Fact.OfFlag(Flag)] = (await _flags.ReadAsync(Flag, cancellationToken))! },
    };

    public override string? Refuses(Artifact artifact) => null;

    internal static string In(Observation seen) => seen.Properties[Fact.OfFlag(Flag)];

    internal string With(FlagAudience audience) => _flags.WithAudience("{}", audience);

    internal Operation Set(string definition) => _set.Of(Name, new OwnFlagArguments(definition));

    internal EffectOptions Changes(string before, string after) => new() { Changes = [new FactChange(Name, Fact.OfFlag(Flag), before, after)] };

    private sealed class SetVerb(FakeFeatureFlagStore flags) : Verb<OwnFlagArguments>("set", Repeatability.Idempotent, OwnFlagJson.Default.OwnFlagArguments)
    {
        protected override VerbDescription Describe(OwnFlagArguments arguments) => new(flags.WriteCommands(Flag, arguments.Definition), "The flag is set.", "It is read back.");

        protected override Task RunAsync(OwnFlagArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
            flags.WriteAsync(Flag, arguments.Definition, null, cancellationToken);

        protected override async Task<string?> VerifyAsync(OwnFlagArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
            await flags.ReadAsync(Flag, cancellationToken) == arguments.Definition ? null : "It is another one.";
    }
}

internal sealed record OwnFlagArguments(string Definition);

[JsonSerializable(typeof(OwnFlagArguments))]
internal sealed partial class OwnFlagJson : JsonSerializerContext;
