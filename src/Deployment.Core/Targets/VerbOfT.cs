using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Deployment.Targets;

/// <summary>A verb whose arguments are of one type.</summary>
/// <typeparam name="TArguments">A type that survives a round trip through JSON.</typeparam>
public abstract class Verb<TArguments> : Verb
    where TArguments : class
{
    private readonly JsonTypeInfo<TArguments> _type;

    /// <summary>Creates the verb.</summary>
    /// <param name="name">The name, unique in its target.</param>
    /// <param name="repeatability">How the effect may be repeated.</param>
    /// <param name="type">How the arguments are written, from a source-generated context.</param>
    protected Verb(string name, Repeatability repeatability, JsonTypeInfo<TArguments> type)
        : base(name, repeatability)
    {
        ArgumentNullException.ThrowIfNull(type);
        _type = type;
    }

    /// <summary>The operation that applies this verb.</summary>
    public Operation Of(string target, TArguments arguments) => new(target, Name, JsonSerializer.SerializeToElement(arguments, _type));

    internal sealed override VerbDescription Describe(JsonElement arguments) => Describe(Read(arguments));

    internal sealed override Task RunAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken) =>
        RunAsync(Read(arguments), context, cancellationToken);

    internal sealed override Task<ProbeResult> ProbeAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken) =>
        ProbeAsync(Read(arguments), context, cancellationToken);

    internal sealed override Task<string?> VerifyAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken) =>
        VerifyAsync(Read(arguments), context, cancellationToken);

    /// <summary>What a person reads and types. Pure: it is called while planning.</summary>
    protected abstract VerbDescription Describe(TArguments arguments);

    /// <summary>Brings the effect about. A failure is an exception that says what was wrong and what to do.</summary>
    protected abstract Task RunAsync(TArguments arguments, EffectContext context, CancellationToken cancellationToken);

    /// <summary>Looks whether the effect took place. Called for <see cref="Repeatability.Probeable"/> verbs after a crash or a failed attempt.</summary>
    protected virtual Task<ProbeResult> ProbeAsync(TArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        Task.FromResult(ProbeResult.Unknown);

    /// <summary>Looks, after it ran, whether the expected outcome is there. Null when it is, else what was seen instead.</summary>
    protected abstract Task<string?> VerifyAsync(TArguments arguments, EffectContext context, CancellationToken cancellationToken);

    private TArguments Read(JsonElement arguments)
    {
        try
        {
            return arguments.Deserialize(_type) ?? throw new JsonException("The arguments are null.");
        }
        catch (JsonException error)
        {
            throw new DeploymentException($"The arguments of '{Name}' can't be read: {error.Message} The runbook was made by another version of the provider; plan again.", error);
        }
    }
}
