using Deployment.Runbooks;

namespace Deployment.Execution;

/// <summary>
/// A rollback as data, journaled before it begins. First each feature flag becomes what it was before the run. Then, for each target: the old revision is made sure of and gets its traffic
/// back in one step. Then the rest is undone in reverse. At the end the old revisions are checked.
/// </summary>
/// <param name="Restore">For each target whose traffic was only switched: what gives it back. All of them at once.</param>
/// <param name="Verify">The checks at the end.</param>
/// <param name="Undo">Everything else, in reverse.</param>
/// <param name="RestoreInPlace">What gives traffic back where that replaces what runs: in reverse, and as few at once as on the way there, because it takes capacity away.</param>
internal sealed record RollbackPlan(IReadOnlyList<SequenceNode> Restore, IReadOnlyList<CheckStep> Verify, RunbookNode? Undo = null, RunbookNode? RestoreInPlace = null)
{
    /// <summary>Each feature flag that was touched, back to what it was.</summary>
    public IReadOnlyList<SequenceNode> Flags { get; init; } = [];
}
