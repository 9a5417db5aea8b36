using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment;

/// <summary>What a plan rests on has moved since it was made. Nothing was changed; plan again.</summary>
public sealed class StalePlanException : DeploymentException
{
    internal StalePlanException(Runbook runbook, IReadOnlyList<Fact> moved, IReadOnlyDictionary<string, Observation> observations)
        : base($"The plan {runbook.Hash[..12]} of {runbook.Application} is stale: {Describe(moved, observations)} Nothing was changed. Plan again.") => Moved = moved;

    /// <summary>The facts that moved, with the values that the plan rests on.</summary>
    public IReadOnlyList<Fact> Moved { get; }

    internal static string Describe(IReadOnlyList<Fact> moved, IReadOnlyDictionary<string, Observation> observations) =>
        string.Join("; ", moved.Select(fact => $"{fact.Name} of {fact.Target} was {Show(fact.Value)} and is now {Show(observations[fact.Target].ValueOf(fact.Name))}")) + ".";

    private static string Show(string value) => value.Length == 0 ? "(nothing)" : value;
}
