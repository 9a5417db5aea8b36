using Deployment.Migrations;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Execution;

/// <summary>Goes back in a scope: what was touched there and has not been taken back with an inner lane.</summary>
internal sealed class LaneRollback(ActiveRun run, EffectRunner effects, CheckRunner checks)
{
    internal Task RunAsync(RunbookNode scope, string reason) =>
        new RollbackRunner(run, effects, checks).RunAsync(scope, reason, Touched(scope), Irreversible(scope));

    /// <summary>A step that was done and after which a person decides whether the run goes back; null when there is none.</summary>
    internal EffectStep? Holder(RunbookNode scope) => Done(scope).FirstOrDefault(step => step.OnLaterFailure == MigratedFailure.Hold);

    /// <summary>
    /// A step that was done and after which a release that users have met isn't taken back by a failure; null when there is none, or nobody has met it.
    /// </summary>
    internal EffectStep? Keeper(RunbookNode scope) =>
        Done(scope).FirstOrDefault(step => step.OnLaterFailure == MigratedFailure.Supersede) is { } keeper && UsersHaveMetIt(scope) ? keeper : null;

    private IEnumerable<EffectStep> Done(RunbookNode scope) =>
        RunbookTree.StepsOf(scope).OfType<EffectStep>().Where(step => run.Progress.StatusOf(step.Id) == StepStatus.Succeeded);

    private bool UsersHaveMetIt(RunbookNode scope)
    {
        var touched = Touched(scope).ToHashSet(StringComparer.Ordinal);
        return RunbookTree.StepsOf(scope).OfType<EffectStep>().Any(step => touched.Contains(step.Id) && step.Changes.Any(change => change.Name == Fact.Traffic || Fact.IsFlag(change.Name)));
    }

    /// <summary>What stays although the run goes back, such as changes of a schema.</summary>
    internal IReadOnlyList<EffectStep> Kept() =>
        [.. RunbookTree.StepsOf(run.Runbook.Root).OfType<EffectStep>().Where(step => step.Phase != Phase.Backup && (step.Undo.Kind == UndoKind.Kept || step.Phase is Phase.Expand or Phase.Backfill) && run.Progress.StatusOf(step.Id) == StepStatus.Succeeded)];

    internal IReadOnlyList<string> Touched(RunbookNode scope)
    {
        var inside = RunbookTree.NodesOf(scope).Select(node => node.Id).ToHashSet(StringComparer.Ordinal);
        IReadOnlyDictionary<string, RollbackProgress> rollbacks = run.Progress.Rollbacks;
        if (rollbacks.Count > 0)
        {
            foreach (RunbookNode lane in RunbookTree.NodesOf(scope).Where(node => node.Id != scope.Id && rollbacks.ContainsKey(node.Id)))
            {
                inside.ExceptWith(RunbookTree.NodesOf(lane).Select(node => node.Id));
            }
        }

        inside.ExceptWith(RunbookTree.StepsOf(scope).OfType<EffectStep>().Where(step => step.Undo.Kind == UndoKind.Kept && run.Progress.StatusOf(step.Id) == StepStatus.Succeeded).Select(step => step.Id));
        return [.. run.Progress.Touched.Where(inside.Contains)];
    }

    /// <summary>Whether a scope was only saved, which changes nothing.</summary>
    internal bool IsOnlySaved(RunbookNode scope)
    {
        var touched = run.Progress.Touched.ToHashSet(StringComparer.Ordinal);
        return run.Progress.Rollbacks.Keys.All(lane => lane.Length == 0) && RunbookTree.StepsOf(scope).Where(step => touched.Contains(step.Id)).All(step => step.Phase == Phase.Backup);
    }

    /// <summary>The first touched step of the scope that can't be undone; null when all can.</summary>
    internal EffectStep? Irreversible(RunbookNode scope)
    {
        var touched = Touched(scope).ToHashSet(StringComparer.Ordinal);
        return RunbookTree.StepsOf(scope).OfType<EffectStep>().FirstOrDefault(step => step.Undo.Kind == UndoKind.Impossible && touched.Contains(step.Id));
    }
}
