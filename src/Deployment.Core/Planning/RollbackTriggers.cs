using Deployment.Migrations;
using Deployment.Runbooks;

namespace Deployment.Planning;

/// <summary>Says in sentences what makes a run go back by itself.</summary>
internal static class RollbackTriggers
{
    private static string Kept(IGrouping<MigratedFailure, EffectStep> steps) =>
        $"But after {string.Join(", ", steps.Select(step => $"'{step.Title}'"))} none of these goes back by itself{(steps.Key == MigratedFailure.Supersede ? " once users have met the release: the run is held until a newer release takes its place, or a person decides otherwise." : ": the run is held, and a person decides.")}";

    internal static IReadOnlyList<string> Of(SequenceNode root)
    {
        IEnumerable<string> checks = RunbookTree.StepsOf(root).OfType<CheckStep>()
            .Where(check => check.OnFailure == FailureAction.RollBack)
            .Select(check => $"The {check.Kind.ToString().ToLowerInvariant()} check '{check.Check}' fails.");
        return
        [
            "A step fails, is not verified, or does not finish within its time-out.",
            .. checks.Distinct(),
            .. RunbookTree.StepsOf(root).OfType<EffectStep>().Where(step => step.OnLaterFailure != MigratedFailure.RollBack).GroupBy(step => step.OnLaterFailure).Select(Kept),
            "A person aborts the run, or the host cancels it.",
            "The run is resumed by another build of the host.",
        ];
    }
}
