using Deployment.Runbooks;

namespace Deployment.Planning;

/// <summary>Says in sentences what makes a run go back by itself.</summary>
internal static class RollbackTriggers
{
    internal static IReadOnlyList<string> Of(SequenceNode root)
    {
        IEnumerable<string> checks = RunbookTree.StepsOf(root).OfType<CheckStep>()
            .Where(check => check.OnFailure == FailureAction.RollBack)
            .Select(check => $"The {check.Kind.ToString().ToLowerInvariant()} check '{check.Check}' fails.");
        return
        [
            "A step fails, is not verified, or does not finish within its time-out.",
            .. checks.Distinct(),
            "A person aborts the run, or the host cancels it.",
            "The run is resumed by another build of the host.",
        ];
    }
}
