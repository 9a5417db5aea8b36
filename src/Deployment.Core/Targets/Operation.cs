using System.Text.Json;
using Deployment.Json;
using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>One effect, as data. The target's table of verbs knows how to run, probe and print it.</summary>
public sealed class Operation : IEquatable<Operation>
{
    /// <summary>Creates an operation. Targets offer typed methods that make one.</summary>
    /// <exception cref="DeploymentException">A name can't be used.</exception>
    public Operation(string target, string verb, JsonElement arguments)
    {
        Target = Naming.Check("target", target);
        Verb = Naming.Check("verb", verb);
        Arguments = arguments;
    }

    /// <summary>The target's name.</summary>
    public string Target { get; }

    /// <summary>The verb's name in the target's table.</summary>
    public string Verb { get; }

    /// <summary>What the verb is given.</summary>
    public JsonElement Arguments { get; }

    /// <inheritdoc/>
    public bool Equals(Operation? other) =>
        other is not null && Target == other.Target && Verb == other.Verb && JsonElement.DeepEquals(Arguments, other.Arguments);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Operation);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Target, Verb, CanonicalJson.Hash(CanonicalJson.Of(Arguments)));

    /// <summary>Target, verb and canonical arguments.</summary>
    public override string ToString() => $"{Target} {Verb} {System.Text.Encoding.UTF8.GetString(CanonicalJson.Of(Arguments))}";
}
