using Deployment.Runbooks;

namespace Deployment.Execution;

/// <summary>
/// A rollback as data, journaled before it begins. First each feature flag becomes what it was before the run. Then, for each target: the old revision is made sure of and gets its traffic
/// back in one step. Then the rest is undone in reverse. At the end the old revisions are checked.
/// </summary>
/// <param name="Restore">What gives traffic back, services of later turns first; those of one turn side by side.</param>
/// <param name="Verify">The checks at the end.</param>
/// <param name="Undo">Everything else, in reverse.</param>
internal sealed record RollbackPlan(IReadOnlyList<RestoreGroup> Restore, IReadOnlyList<CheckStep> Verify, RunbookNode? Undo = null)
{
    /// <summary>Each feature flag that was touched, back to what it was.</summary>
    public IReadOnlyList<SequenceNode> Flags { get; init; } = [];
}
