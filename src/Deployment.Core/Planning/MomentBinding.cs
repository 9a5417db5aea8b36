using Deployment.Health;
using Deployment.Runbooks;

namespace Deployment.Planning;

/// <summary>Something that the pipeline lets stand at a moment: a check, an approval or a user's own step.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Moment">Where it stands.</param>
/// <param name="Check">The check, when it is one.</param>
/// <param name="Place">Adds it to the runbook, at the moment that the strategy passes.</param>
internal sealed record MomentBinding(string Name, Moment Moment, Check? Check, Action<RunbookBuilder, CheckSubject, Moment> Place)
{
    /// <summary>What a failure of the check does.</summary>
    internal FailureAction OnFailure { get; init; }

    /// <summary>Whether a hotfix keeps the check.</summary>
    internal bool IsCritical { get; init; }

    /// <summary>Whether it only waits for a person.</summary>
    internal bool IsApproval { get; init; }
}
