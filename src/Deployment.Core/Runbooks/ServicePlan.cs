using Deployment.Releases;

namespace Deployment.Runbooks;

/// <summary>What a runbook of several services does with one of them.</summary>
public sealed record ServicePlan
{
    /// <summary>The service: the name of its application.</summary>
    public required string Application { get; init; }

    /// <summary>What it gets.</summary>
    public required Release Release { get; init; }

    /// <summary>The strategy's name.</summary>
    public required string Strategy { get; init; }

    /// <summary>Why that strategy.</summary>
    public required string StrategyReason { get; init; }

    /// <summary>When its turn is: from 1. Services of the same turn go side by side, and a turn begins when the one before it is done.</summary>
    public required int Turn { get; init; }

    /// <summary>
    /// Services of earlier turns that don't go back while this one can't: its release requires theirs, or what they had before requires what this one had.
    /// </summary>
    public required IReadOnlyList<string> Needs { get; init; }

    /// <summary>Its targets and resources, by name.</summary>
    public required IReadOnlyList<string> Targets { get; init; }
}
