using System.Text.Json.Serialization;
using Deployment.Migrations;
using Deployment.Targets;

namespace Deployment.Runbooks;

/// <summary>A step that changes something outside: an operation, with all that a person needs to do or undo it by hand.</summary>
public sealed record EffectStep : RunbookStep
{
    /// <summary>The effect, as data.</summary>
    public required Operation Operation { get; init; }

    /// <summary>The same as lines for a POSIX shell; empty when only code can do it.</summary>
    public required IReadOnlyList<string> Commands { get; init; }

    /// <summary>What is seen when it worked.</summary>
    public required string Expected { get; init; }

    /// <summary>What is verified after it, in words.</summary>
    public required string Verification { get; init; }

    /// <summary>The same as lines for a POSIX shell; empty when only code can verify it.</summary>
    public IReadOnlyList<string> VerificationCommands { get; init; } = [];

    /// <summary>What a reader should know besides, each a sentence; null for nothing.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>How it is undone.</summary>
    public required Undo Undo { get; init; }

    /// <summary>How it may be repeated when it isn't known whether it happened.</summary>
    public required Repeatability Repeatability { get; init; }

    /// <summary>How long it may take and how often it is tried.</summary>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>What it changes of the facts that the plan rests on.</summary>
    public IReadOnlyList<FactChange> Changes { get; init; } = [];

    /// <summary>Whether its change of traffic is partial, and is taken back by its own undo, not with all others in one step.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool UndoInTurn { get; init; }

    /// <summary>What a failure does after this step is done.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public MigratedFailure OnLaterFailure { get; init; }

    /// <summary>Whether users see its effect at once, and going back begins with it: it changes who takes the traffic.</summary>
    internal bool ChangesTraffic => !UndoInTurn && Changes.Any(change => change.Name == Fact.Traffic);

    /// <summary>Whether more goes with the traffic, such as what stands: undoing it takes a while in which nobody may serve.</summary>
    internal bool ReplacesInPlace => ChangesTraffic && Changes.Any(change => change.Name != Fact.Traffic);

    /// <summary>Whether users see its effect at once: it changes who has a feature flag.</summary>
    internal bool ChangesFlag => Changes.Any(change => Fact.IsFlag(change.Name));
}
