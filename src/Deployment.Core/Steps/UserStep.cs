using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Steps;

/// <summary>A user's own step: named, looked up by name, so that a runbook stays data.</summary>
internal sealed record UserStep
{
    internal required string Name { get; init; }

    internal required Moment Moment { get; init; }

    internal required Phase Phase { get; init; }

    internal required RetryPolicy Retry { get; init; }

    internal required StepAction Run { get; init; }

    internal required Repeatability Repeatability { get; init; }

    internal Func<EffectContext, CancellationToken, Task<ProbeResult>>? Probe { get; init; }

    internal string VerificationText { get; init; } = "None beyond its own success.";

    internal IReadOnlyList<string> VerificationCommands { get; init; } = [];

    internal Func<EffectContext, CancellationToken, Task<string?>>? Verify { get; init; }

    internal required string Expected { get; init; }

    /// <summary>Null when there is nothing to undo, or no way to.</summary>
    internal StepAction? UndoAction { get; init; }

    internal UndoKind UndoKind { get; init; }

    internal string? UndoReason { get; init; }

    internal void Place(RunbookBuilder runbook) => runbook.Effect(
        Name,
        UserSteps.Do(this),
        UndoKind switch
        {
            UndoKind.Operation => Undo.By(UserSteps.UndoOf(this)),
            UndoKind.Nothing => Undo.Nothing(UndoReason!),
            _ => Undo.Impossible(UndoReason!),
        },
        new EffectOptions { Phase = Phase, Retry = Retry });
}
