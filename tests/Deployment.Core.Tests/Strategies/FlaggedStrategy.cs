using Deployment.Flags;
using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Tests.Strategies;

/// <summary>Strategies that bring a release side by side and open a flag. The right one breaks no promise; each of the others differs from it in one thing.</summary>
internal sealed class FlaggedStrategy(OwnFlag flag, Action<FlaggedStrategy.Steps> plan) : IDeploymentStrategy
{
    public string Name => "flagged";

    internal static void Right(Steps steps)
    {
        steps.CloseIfGoingBack();
        steps.Deploy();
        steps.OpenIfDeploying();
    }

    internal static void OpensBeforeDeploying(Steps steps)
    {
        steps.CloseIfGoingBack();
        steps.OpenIfDeploying();
        steps.Deploy();
    }

    internal static void LeavesTheFlagOpen(Steps steps)
    {
        steps.Deploy();
        steps.OpenIfDeploying();
    }

    internal static void ClosesAfterGoingBack(Steps steps)
    {
        steps.Deploy();
        steps.CloseIfGoingBack();
        steps.OpenIfDeploying();
    }

    internal static void OpensWhenGoingBack(Steps steps)
    {
        steps.CloseIfGoingBack();
        steps.Deploy();
        steps.Open();
    }

    internal static void HasNothingToUndo(Steps steps)
    {
        steps.CloseIfGoingBack();
        steps.Deploy();
        steps.OpenIfDeploying(Undo.Nothing("Its users like it."));
    }

    internal static void UndoesByOpening(Steps steps)
    {
        steps.CloseIfGoingBack();
        steps.Deploy();
        steps.OpenIfDeploying(Undo.By(steps.Everyone));
    }

    public IReadOnlyList<string> Validate() => [];

    public void Plan(StrategyContext context, RunbookBuilder runbook) => new OwnStrategy(WrongStrategies.Right).Plan(context, runbook);

    public void PlanAll(PipelineContext context, RunbookBuilder runbook) => plan(new Steps(flag, context, runbook));

    internal sealed class Steps(OwnFlag flag, PipelineContext context, RunbookBuilder runbook)
    {
        private readonly string _before = OwnFlag.In(context.Resource(flag.Name));

        internal Operation Everyone => flag.Set(flag.With(FlagAudience.Everyone));

        internal void Deploy() => context.PlanTargets(runbook);

        internal void CloseIfGoingBack()
        {
            if (context.Kind == RunKind.RollBack)
            {
                string closed = flag.With(FlagAudience.Nobody);
                runbook.Effect("Close the flag", flag.Set(closed), Undo.By(flag.Set(_before)), flag.Changes(_before, closed));
            }
        }

        internal void OpenIfDeploying(Undo? undo = null)
        {
            if (context.Kind != RunKind.RollBack)
            {
                Open(undo);
            }
        }

        internal void Open(Undo? undo = null)
        {
            string before = context.Kind == RunKind.RollBack ? flag.With(FlagAudience.Nobody) : _before;
            runbook.Effect("Open the flag", Everyone, undo ?? Undo.By(flag.Set(before)), flag.Changes(before, flag.With(FlagAudience.Everyone)));
        }
    }
}
