using Deployment.Runbooks;

namespace Deployment.Execution;

/// <summary>Goes back in a scope: what was touched there and has not been taken back with an inner lane.</summary>
internal sealed class LaneRollback(ActiveRun run, EffectRunner effects, CheckRunner checks)
{
    internal Task RunAsync(RunbookNode scope, string reason) =>
        new RollbackRunner(run, effects, checks).RunAsync(scope, reason, Touched(scope), Irreversible(scope));

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

        return [.. run.Progress.Touched.Where(inside.Contains)];
    }

    /// <summary>The first touched step of the scope that can't be undone; null when all can.</summary>
    internal EffectStep? Irreversible(RunbookNode scope)
    {
        var touched = Touched(scope).ToHashSet(StringComparer.Ordinal);
        return RunbookTree.StepsOf(scope).OfType<EffectStep>().FirstOrDefault(step => step.Undo.Kind == UndoKind.Impossible && touched.Contains(step.Id));
    }
}
