using System.Collections.Concurrent;
using System.Text.Json;
using Deployment.Json;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>
/// Carries out a rollback plan. A failed undo doesn't stop the others, but where traffic could not be given back nothing is undone
/// that what still serves may rest on.
/// </summary>
internal sealed class RollbackRunner(ActiveRun run, EffectRunner effects, CheckRunner checks)
{
    private readonly ConcurrentQueue<string> _problems = new();
    /// <summary>The targets and resources where what users see could not be given back, and whether that is a flag.</summary>
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
        foreach (string step in run.Progress.RollbackOf(id)!.LeftBehind)
        {
            _problems.Enqueue($"'{TitleOf(step)}' was still running when it was undone, so its effect may have landed after that. Look there");
        }

        string problems = string.Join(' ', _problems.Select(problem => problem.EndsWith('.') ? problem : problem + "."));
        await run.Journal.AppendAsync(
            JournalEntryKind.RollbackEnded,
            StepOf(id),
            problems.Length == 0 ? "Everything is as before." : problems,
            new Dictionary<string, string> { [Detail.Clean] = problems.Length == 0 ? "true" : "false" });
    }

    /// <summary>The whole run has no step.</summary>
    private static string? StepOf(string scopeId) => scopeId.Length == 0 ? null : scopeId;

    internal string ScopeId(RunbookNode scope) => scope == run.Runbook.Root ? "" : scope.Id;

    private async Task<RollbackPlan> BeginAsync(RunbookNode scope, string id, string reason, IReadOnlyList<string> touched)
    {
        RollbackPlan plan = RollbackPlanner.Plan(run.Runbook, scope, touched);
        string hash = await run.Services.Store.PutBlobAsync(CanonicalJson.Of(plan, CoreJson.Default.RollbackPlan), CancellationToken.None);
        await run.Journal.AppendAsync(JournalEntryKind.RollbackStarted, StepOf(id), reason, DetailOf(hash, touched));
        return plan;
    }

    private Dictionary<string, string> DetailOf(string planHash, IReadOnlyList<string> touched)
    {
        Dictionary<string, string> detail = new() { [Detail.Plan] = planHash };
        string[] leftBehind = [.. touched.Where(run.StillRuns)];
        if (leftBehind.Length > 0)
        {
            detail[Detail.LeftBehind] = Detail.ListOf(leftBehind);
        }

        return detail;
    }

    private string TitleOf(string step) => RunbookTree.StepsOf(run.Runbook.Root).FirstOrDefault(other => other.Id == step)?.Title ?? step;

    private async Task<RollbackPlan> ReadAsync(string hash)
    {
        ReadOnlyMemory<byte> json = await run.Services.Store.GetBlobAsync(hash, CancellationToken.None)
            ?? throw new DeploymentException($"The rollback plan {hash} of run {run.Record.Id} is missing from the store. Restore the store, or undo the run by hand with its runbook.");
        return JsonSerializer.Deserialize(json.Span, CoreJson.Default.RollbackPlan)
            ?? throw new DeploymentException($"The rollback plan {hash} of run {run.Record.Id} is empty. Restore the store, or undo the run by hand with its runbook.");
    }

    private async Task ExecuteAsync(RollbackPlan plan)
    {
        // Where a flag can't be closed the users of its feature still need what was deployed, but the old release gets the others all the same.
        await Lanes.RunAsync(plan.Flags, 32, restore => RestoreAsync(restore, isFlag: true));
        await RestoreAsync(plan.Restore);
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

    /// <summary>Services of later turns first. What one that could not go back needs stays as well: its new release still serves, and may need the others' new ones.</summary>
    private async Task RestoreAsync(IReadOnlyList<RestoreGroup> groups)
    {
        foreach (RestoreGroup[] turn in groups.GroupBy(group => run.Runbook.TurnOf(TargetsOf(group).First())).Select(turn => turn.ToArray()))
        {
            HashSet<string> staying = Staying(withFlags: false);
            await Lanes.RunAsync(turn, 32, group => TargetsOf(group).Any(target => run.Runbook.ServiceOf(target) is { } service && staying.Contains(service.Application))
                ? LeaveOutAsync(group)
                : RestoreAsync(group));
        }
    }

    private static IEnumerable<RunbookNode> NodesOf(RestoreGroup group) => group.InPlace is { } replaced ? [.. group.Switched, replaced] : group.Switched;

    private static IEnumerable<string> TargetsOf(RestoreGroup group) => NodesOf(group).SelectMany(RunbookTree.StepsOf).OfType<EffectStep>().Select(step => step.Operation.Target);

    private Task LeaveOutAsync(RestoreGroup group)
    {
        foreach (string target in TargetsOf(group))
        {
            _blocked[target] = false;
        }

        foreach (RunbookNode node in NodesOf(group))
        {
            LeaveOut(node);
        }

        return Task.CompletedTask;
    }

    private async Task RestoreAsync(RestoreGroup group)
    {
        await Lanes.RunAsync(group.Switched, 32, restore => RestoreAsync(restore, isFlag: false));
        if (group.InPlace is { } inPlace)
        {
            await RestoreAsync(inPlace);
        }
    }

    /// <summary>The services that could not go back, and those that they need, and so on.</summary>
    /// <param name="withFlags">Whether one counts whose flag alone could not be closed: its traffic is given back all the same, but nothing more.</param>
    private HashSet<string> Staying(bool withFlags)
    {
        var staying = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>(_blocked.Where(blocked => withFlags || !blocked.Value).Select(blocked => run.Runbook.ServiceOf(blocked.Key)?.Application).OfType<string>());
        while (next.TryPop(out string? application))
        {
            if (staying.Add(application))
            {
                run.Runbook.Services!.First(service => service.Application == application).Needs.ToList().ForEach(next.Push);
            }
        }

        return staying;
    }

    /// <summary>Each target answers for itself: one that could not be given its traffic back doesn't keep the others from it.</summary>
    private Task RestoreAsync(RunbookNode node) => node switch
    {
        ParallelNode lanes => Lanes.RunAsync(lanes.Lanes, lanes.Policy.MaxConcurrency, RestoreAsync),
        SequenceNode sequence => RestoreAsync(sequence, isFlag: false),
        _ => Task.CompletedTask,
    };

    private async Task RestoreAsync(SequenceNode sequence, bool isFlag)
    {
        foreach (RunbookNode child in sequence.Children)
        {
            if (child is not EffectStep step)
            {
                await RestoreAsync(child);
            }
            else if (!await UndoStepAsync(step))
            {
                _blocked[step.Operation.Target] = isFlag;
                // A part of the capacity that doesn't come back must not be joined by the next one.
                foreach (EffectStep left in sequence.Children.SkipWhile(other => other != child).Skip(1).OfType<EffectStep>().Where(left => left.UndoInTurn))
                {
                    LeaveOut(left);
                }

                return;
            }
        }
    }

    /// <summary>
    /// Whether all of it could be tried. Lanes are each their own, and so are services that need nothing of each other; in a sequence what came before
    /// a step rests under it, so behind something that had to be left as it is nothing more is undone.
    /// </summary>
    private async Task<bool> UndoAsync(RunbookNode node)
    {
        // What holds services leaves it to each of them.
        if (!HoldsServices(node) && (IsNeeded(node) || RestsOnBlocked(node)))
        {
            LeaveOut(node);
            return false;
        }

        bool whole = true;
        switch (node)
        {
            case SequenceNode sequence:
                foreach (RunbookNode child in sequence.Children)
                {
                    if (whole || ServiceAt(child) is not null || HoldsServices(child))
                    {
                        whole &= await UndoAsync(child);
                    }
                    else
                    {
                        LeaveOut(child);
                    }
                }

                break;
            case ParallelNode parallel:
                var lanes = new ConcurrentBag<bool>();
                await Lanes.RunAsync(parallel.Lanes, parallel.Policy.MaxConcurrency, async lane => lanes.Add(await UndoAsync(lane)));
                whole = lanes.All(lane => lane);
                break;
            case EffectStep step:
                // A part of the capacity that doesn't come back must not be joined by the next one.
                whole = await UndoStepAsync(step) || !step.UndoInTurn;
                if (!whole)
                {
                    _blocked[step.Operation.Target] = false;
                }

                break;
        }

        return whole;
    }

    /// <summary>The service that is undone there; null where the node is a part of one, or of none.</summary>
    private ServicePlan? ServiceAt(RunbookNode mirrored) => run.Runbook.Services?.FirstOrDefault(service => RollbackPlanner.IdOf(service.Application) == mirrored.Id);

    private bool HoldsServices(RunbookNode mirrored) => run.Runbook.Services is not null && ServiceAt(mirrored) is null && RunbookTree.NodesOf(mirrored).Any(node => ServiceAt(node) is not null);

    /// <summary>Whether it is a service that could go back, and that one which could not needs as it is.</summary>
    private bool IsNeeded(RunbookNode mirrored) =>
        ServiceAt(mirrored) is { } service && !service.Targets.Any(_blocked.ContainsKey) && !_blocked.IsEmpty && Staying(withFlags: true).Contains(service.Application);

    /// <summary>Whether the node, as it went forward, works on a target whose traffic could not be given back; lanes inside it answer for themselves.</summary>
    private bool RestsOnBlocked(RunbookNode mirrored) =>
        !_blocked.IsEmpty && RunbookTree.NodesOf(run.Runbook.Root).FirstOrDefault(node => RollbackPlanner.IdOf(node) == mirrored.Id) is { } node && Blocked(node);

    private bool Blocked(RunbookNode node) => node switch
    {
        SequenceNode sequence => sequence.Children.Any(Blocked),
        EffectStep step => _blocked.ContainsKey(step.Operation.Target),
        _ => false,
    };

    private void LeaveOut(RunbookNode node)
    {
        foreach (RunbookStep step in RunbookTree.StepsOf(node))
        {
            _problems.Enqueue($"'{step.Title}' was left out: {string.Join(", ", _blocked.OrderBy(blocked => blocked.Key, StringComparer.Ordinal).Select(blocked => (blocked.Value ? "the flag of " : "traffic on ") + blocked.Key))} could not be given back.");
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
