using System.Text.Json;
using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>One row of a target's table: how an operation is printed, run, probed and verified. Derive from <see cref="Verb{TArguments}"/>.</summary>
public abstract class Verb
{
    private protected Verb(string name, Repeatability repeatability)
    {
        Name = Naming.Check("verb", name);
        Repeatability = repeatability;
    }

    /// <summary>The name, unique in its target.</summary>
    public string Name { get; }

    /// <summary>How the effect may be repeated.</summary>
    public Repeatability Repeatability { get; }

    internal abstract VerbDescription Describe(JsonElement arguments);

    internal abstract Task RunAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken);

    internal abstract Task<ProbeResult> ProbeAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken);

    internal abstract Task<string?> VerifyAsync(JsonElement arguments, EffectContext context, CancellationToken cancellationToken);
}
