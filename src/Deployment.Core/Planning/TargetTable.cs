using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Targets and their verbs, by name.</summary>
internal sealed class TargetTable
{
    private readonly Dictionary<string, DeploymentTarget> _targets;
    private readonly Dictionary<(string Target, string Verb), Verb> _verbs;

    /// <param name="targets">Targets with distinct names.</param>
    internal TargetTable(IEnumerable<DeploymentTarget> targets)
    {
        _targets = targets.ToDictionary(target => target.Name, StringComparer.Ordinal);
        _verbs = _targets.Values
            .SelectMany(target => target.Verbs.Select(verb => (target, verb)))
            .ToDictionary(row => (row.target.Name, row.verb.Name), row => row.verb);
    }

    internal IEnumerable<DeploymentTarget> All => _targets.Values;

    internal DeploymentTarget? Find(string name) => _targets.GetValueOrDefault(name);

    internal Verb Verb(Operation operation) =>
        _verbs.GetValueOrDefault((operation.Target, operation.Verb))
        ?? throw new DeploymentException(Find(operation.Target) is { } target
            ? $"The target '{operation.Target}' has no verb '{operation.Verb}'. It has: {string.Join(", ", target.Verbs.Select(verb => verb.Name))}."
            : $"There is no target '{operation.Target}' in this pipeline. It has: {string.Join(", ", _targets.Keys)}.");
}
