using Deployment.Migrations;
using Deployment.Runbooks;

namespace Deployment.Planning;

/// <summary>What a strategy can say about an effect besides what its verb says.</summary>
public sealed record EffectOptions
{
    /// <summary>The part of the deployment that it belongs to. Default <see cref="Phase.Deployment"/>.</summary>
    public Phase Phase { get; init; } = Phase.Deployment;

    /// <summary>How long it may take and how often it is tried.</summary>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>What it changes of the facts that the plan rests on. A change of <see cref="Targets.Fact.Traffic"/>, or of a flag (<see cref="Targets.Fact.OfFlag"/>), makes it a step that a rollback takes back first, in one step for each target or flag, unless <see cref="UndoInTurn"/> is set.</summary>
    public IReadOnlyList<FactChange> Changes { get; init; } = [];

    /// <summary>What a failure does after this step is done. Default <see cref="MigratedFailure.RollBack"/>.</summary>
    public MigratedFailure OnLaterFailure { get; init; }

    /// <summary>
    /// Whether it is one of several partial changes of traffic, each of which is taken back by its own undo, in reverse order: giving all traffic back in
    /// one step would take away more capacity than each of them. Where such an undo fails, what was done before it is left as it is.
    /// While it runs, its target can be seen between the states that <see cref="Changes"/> tells. Default false.
    /// </summary>
    public bool UndoInTurn { get; init; }
}
