using System.Collections.Concurrent;
using System.Text.Json;
using Deployment.Json;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>
/// Carries out a rollback plan. A failed undo doesn't stop the others, but where traffic could not be given back nothing of that
/// target is undone: it may be all that still serves.
/// </summary>
internal sealed class RollbackRunner(ActiveRun run, EffectRunner effects, CheckRunner checks)
{
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly ConcurrentDictionary<string, bool> _blocked = new(StringComparer.Ordinal);

    /// <summary>Journals the plan, or finds the one that was journaled before a crash, and carries it out.</summary>
    /// <param name="scope">The whole tree, or the lane that failed.</param>
    /// <param name="reason">Why, as one sentence.</param>
    /// <param name="touched">The effect steps to take back.</param>
    /// <param name="irreversible">A step among them that can't be undone; nothing is undone then, because what it did rests on the others.</param>
    internal async Task RunAsync(RunbookNode scope, string reason, IReadOnlyList<string> touched, EffectStep? irreversible)
    {
        string id = ScopeId(scope);
        RollbackProgress? begun = run.Progress.RollbackOf(id);
        if (begun is { Ended: true })
        {
            return;
        }

        if (irreversible is not null)
        {
            _problems.Enqueue($"'{irreversible.Title}' can't be undone: {irreversible.Undo.Reason} What was done is left as it is.");
            touched = [];
        }

        RollbackPlan plan = begun is null ? await BeginAsync(scope, id, reason, touched) : await ReadAsync(begun.PlanHash);
        await ExecuteAsync(plan);
        run.Lease.Lost.ThrowIfLost(run.Lease);
        string problems = string.Join(' ', _problems.Select(problem => problem.EndsWith('.') ? problem : problem + "."));
        await run.Journal.AppendAsync(
            JournalEntryKind.RollbackEnded,
            id,
            problems.Length == 0 ? "Everything is as before." : problems,
            new Dictionary<string, string> { [Detail.Clean] = problems.Length == 0 ? "true" : "false" });
    }

    internal string ScopeId(RunbookNode scope) => scope == run.Runbook.Root ? "" : scope.Id;

    private async Task<RollbackPlan> BeginAsync(RunbookNode scope, string id, string reason, IReadOnlyList<string> touched)
    {
        RollbackPlan plan = RollbackPlanner.Plan(run.Runbook, scope, touched);
        string hash = await run.Services.Store.PutBlobAsync(CanonicalJson.Of(plan, CoreJson.Default.RollbackPlan), CancellationToken.None);
        await run.Journal.AppendAsync(JournalEntryKind.RollbackStarted, id, reason, new Dictionary<string, string> { [Detail.Plan] = hash });
        return plan;
    }

    private async Task<RollbackPlan> ReadAsync(string hash)
    {
        ReadOnlyMemory<byte> json = await run.Services.Store.GetBlobAsync(hash, CancellationToken.None)
            ?? throw new DeploymentException($"The rollback plan {hash} of run {run.Record.Id} is missing from the store. Restore the store, or undo the run by hand with its runbook.");
        return JsonSerializer.Deserialize(json.Span, CoreJson.Default.RollbackPlan)
            ?? throw new DeploymentException($"The rollback plan {hash} of run {run.Record.Id} is empty. Restore the store, or undo the run by hand with its runbook.");
    }

    private async Task ExecuteAsync(RollbackPlan plan)
    {
        await Lanes.RunAsync(plan.Restore, 32, RestoreAsync);
        if (plan.Undo is { } undo)
        {
            await UndoAsync(undo);
        }

        foreach (CheckStep check in plan.Verify)
        {
            NodeResult result = await checks.RunAsync(check, run.Lease.Lost, mayHold: false);
            run.Lease.Lost.ThrowIfLost(run.Lease);
            if (result.End != NodeEnd.Done)
            {
                _problems.Enqueue($"After going back, '{check.Title}' fails for {check.Subject.Candidate} on {check.Subject.Target}: {result.Reason}");
            }
        }
    }

    private async Task RestoreAsync(SequenceNode restore)
    {
        foreach (EffectStep step in restore.Children.Cast<EffectStep>())
        {
            if (await UndoStepAsync(step))
            {
                continue;
            }

            _blocked[step.Operation.Target] = true;
            return;
        }
    }

    private async Task UndoAsync(RunbookNode node)
    {
        switch (node)
        {
            case SequenceNode sequence:
                foreach (RunbookNode child in sequence.Children)
                {
                    await UndoAsync(child);
                }

                break;
            case ParallelNode parallel:
                await Lanes.RunAsync(parallel.Lanes, parallel.Policy.MaxConcurrency, UndoAsync);
                break;
            case EffectStep step when _blocked.ContainsKey(step.Operation.Target):
                _problems.Enqueue($"'{step.Title}' was left out: traffic on {step.Operation.Target} could not be given back.");
                break;
            case EffectStep step:
                await UndoStepAsync(step);
                break;
        }
    }

    private async Task<bool> UndoStepAsync(EffectStep step)
    {
        NodeResult result = await effects.RunAsync(step, run.Lease.Lost);
        run.Lease.Lost.ThrowIfLost(run.Lease);
        if (result.End == NodeEnd.Done)
        {
            return true;
        }

        _problems.Enqueue($"'{step.Title}' failed: {result.Reason}");
        return false;
    }
}
