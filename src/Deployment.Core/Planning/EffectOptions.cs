using Deployment.Runbooks;

namespace Deployment.Planning;

/// <summary>What a strategy can say about an effect besides what its verb says.</summary>
public sealed record EffectOptions
{
    /// <summary>The part of the deployment that it belongs to. Default <see cref="Phase.Deployment"/>.</summary>
    public Phase Phase { get; init; } = Phase.Deployment;

    /// <summary>How long it may take and how often it is tried.</summary>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>What it changes of the facts that the plan rests on. A change of <see cref="Targets.Fact.Traffic"/>, or of a flag (<see cref="Targets.Fact.OfFlag"/>), makes it a step that a rollback takes back first.</summary>
    public IReadOnlyList<FactChange> Changes { get; init; } = [];
}
