using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Execution;

/// <summary>Takes one run from where its journal says it stands to its end: forward, held, or back.</summary>
internal sealed partial class RunDriver : IDisposable
{
    private readonly ActiveRun _run;
    private readonly RunbookWalker _walker;
    private readonly LaneRollback _rollback;
    private readonly Takeover _takeover;
    private readonly FirstChange _first;
    private readonly HoldNotices _notices;

    internal RunDriver(ActiveRun run)
    {
        _run = run;
        _takeover = new Takeover(run);
        _notices = new HoldNotices(run);
        var effects = new EffectRunner(run);
        var checks = new CheckRunner(run);
        _rollback = new LaneRollback(run, effects, checks);
        var gates = new GateRunner(run);
        _first = new FirstChange(run, gates);
        _walker = new RunbookWalker(run, effects, checks, gates, _first, _rollback);
    }

    public void Dispose() => _first.Dispose();

    /// <param name="isFirst">Whether no process has driven the run before.</param>
    /// <exception cref="StalePlanException">What the plan rests on has moved before the run began.</exception>
    internal async Task DriveAsync(bool isFirst)
    {
        IReadOnlyList<string> unknown = isFirst ? [] : await _takeover.LookAsync();
        if (_run.Progress.RollbackOf("") is { } begun)
        {
            await GoBackAsync(begun.Reason);
            return;
        }

        if ((isFirst ? _run.Record.Build : _run.Progress.Build) != _run.Services.Build)
        {
            await EndBackwardsAsync("The run was begun by another build of the host. Under another build only a rollback goes on by itself.");
            return;
        }

        if (!await KnowsEnoughAsync(unknown))
        {
            await EndBackwardsAsync(_run.Progress.AbortReason ?? "The run was aborted.");
            return;
        }

        IReadOnlyList<Fact> moved = Staleness.Moved(_run);
        if (moved.Count > 0 && isFirst)
        {
            var stale = new StalePlanException(_run.Runbook, moved, _run.Observations);
            await EndAsync(DeploymentOutcome.Rejected, stale.Message);
            throw stale;
        }

        if (moved.Count > 0 && !await GoOnThoughMovedAsync(moved))
        {
            await EndBackwardsAsync(_run.Progress.AbortReason ?? "The run was aborted.");
            return;
        }

        await GoForwardAsync();
    }

    private async Task GoForwardAsync()
    {
        while (true)
        {
            using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(_run.Control.Aborted, _run.Detached, _run.Lease.Lost, _first.Refused);
            NodeResult end;
            try
            {
                end = await _walker.WalkAsync(_run.Runbook.Root, interrupt.Token);
            }
            finally
            {
                await _first.EndAsync();
            }

            _run.Lease.Lost.ThrowIfLost(_run.Lease);
            if (end.End == NodeEnd.Done && _run.Control.TryFinish())
            {
                await SucceedAsync();
                return;
            }

            if (end.End == NodeEnd.Done && _run.Control.IsPaused)
            {
                end = await WhilePausedAsync(interrupt.Token);
                if (end.End == NodeEnd.Done)
                {
                    continue;
                }
            }

            if (_first.Refusal is { } refusal)
            {
                await GoBackAsync(_run.Progress.AbortReason ?? refusal);
                return;
            }

            if (end.End == NodeEnd.Stopped && _run.Progress.AbortReason is null)
            {
                _run.Detached.ThrowIfCancellationRequested();
            }

            string reason = _run.Progress.AbortReason ?? (end.End == NodeEnd.Done ? "The run was aborted." : Describe(end));
            if (end.KeepsFinishedLanes)
            {
                await EndAsync(LanesAreClean() ? DeploymentOutcome.PartlySucceeded : DeploymentOutcome.NeedsAttention, reason);
                return;
            }

            EffectStep? irreversible = _rollback.Irreversible(_run.Runbook.Root);
            EffectStep? keeper = _rollback.Keeper(_run.Runbook.Root);
            if (irreversible is not null && !_run.Progress.IsSuperseded)
            {
                if (!await GoOnPastNoReturnAsync(end, irreversible, reason))
                {
                    return;
                }
            }
            else if (_run.Progress.AbortReason is not null || (keeper ?? _rollback.Holder(_run.Runbook.Root)) is not { } holder || await AskWhetherBackAsync(end, holder, reason))
            {
                await EndBackwardsAsync(reason);
                return;
            }
        }
    }

    /// <summary>Goes back, or leaves what stands to a newer release where going back would be worse, or can't be done.</summary>
    private async Task EndBackwardsAsync(string reason)
    {
        SequenceNode root = _run.Runbook.Root;
        while (_run.Progress.AbortReason is null && _rollback.Keeper(root) is { } keeper)
        {
            // Nothing goes on here by itself, nor does a failure take it back: a person has to say so.
            await AskWhetherBackAsync(NodeResult.Stopped(root.Id), keeper, reason, goesOn: false);
        }

        EffectStep? stands = !_run.Progress.IsSuperseded ? null : _rollback.Irreversible(root) ?? (_run.Progress.WasAbortedBefore ? null : _rollback.Keeper(root));
        await (stands is null ? GoBackAsync(reason) : LeaveAsync(stands, reason));
    }

    /// <summary>A lane whose way back has begun is taken back; and beside what may still run nothing newer is deployed.</summary>
    private async Task LeaveAsync(EffectStep stands, string reason)
    {
        await FinishLanesAsync(_run.Runbook.Root);
        string why = $"{(reason == _run.Progress.AbortReason ? "" : Sentence(reason) + " ")}{Sentence(_run.Progress.AbortReason ?? "")} '{stands.Title}' was done, and what was done is left as it is.";
        string[] running = [.. _run.Progress.Unfinished.Where(step => step.Value.LeftBehind).Select(step => step.Key)];
        await EndAsync(
            DeploymentOutcome.NeedsAttention,
            running.Length == 0 ? why : $"{why} These may still run, so that nothing newer can be deployed by itself: {string.Join(", ", running)}.",
            isSuperseded: running.Length == 0);
    }

    /// <summary>Something was found in the last step, or a person wants to look before it is all over.</summary>
    private async Task<NodeResult> WhilePausedAsync(CancellationToken interrupt)
    {
        try
        {
            await _run.Control.WhilePausedAsync(_run.Runbook.Root.Id, interrupt);
            return NodeResult.Done;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            _run.Lease.Lost.ThrowIfLost(_run.Lease);
            return NodeResult.Stopped(_run.Runbook.Root.Id);
        }
    }

    private async Task SucceedAsync()
    {
        bool lanesFailed = _run.Progress.Rollbacks.Count > 0;
        await EndAsync(
            !LanesAreClean() ? DeploymentOutcome.NeedsAttention : lanesFailed ? DeploymentOutcome.PartlySucceeded : DeploymentOutcome.Succeeded,
            lanesFailed ? string.Join(' ', _run.Progress.Rollbacks.Select(lane => $"{lane.Key}: {lane.Value.Reason} {(lane.Value.Clean ? "" : lane.Value.Problems)}".TrimEnd())) : null);
    }

    private async Task GoBackAsync(string reason)
    {
        SequenceNode root = _run.Runbook.Root;
        await FinishLanesAsync(root);
        if (_run.Progress.RollbackOf("") is null && _rollback.Touched(root).Count == 0)
        {
            bool untouched = _run.Progress.Rollbacks.Count == 0 && _rollback.Kept().Count == 0;
            await EndAsync(untouched ? DeploymentOutcome.Rejected : LanesAreClean() ? DeploymentOutcome.RolledBack : DeploymentOutcome.NeedsAttention, WithKept(reason));
            return;
        }

        await _run.SaveStateAsync(RunState.RollingBack, reason);
        await _rollback.RunAsync(root, reason);
        RollbackProgress done = _run.Progress.RollbackOf("")!;
        await EndAsync(
            // A contract that can't be had a backup of is for a person; scheduled again it would only fail again.
            done.Clean && LanesAreClean() ? _run.Runbook.Kind == RunKind.Deploy && _rollback.IsOnlySaved(root) ? DeploymentOutcome.Rejected : DeploymentOutcome.RolledBack : DeploymentOutcome.NeedsAttention,
            WithKept(done.Clean ? reason : $"{Sentence(reason)} Going back failed in part: {done.Problems}"));
    }

    /// <summary>What stays is said, so that nobody takes it for gone.</summary>
    private string WithKept(string reason) => _rollback.Kept() is { Count: > 0 } kept
        ? $"{Sentence(reason)} These stay: {string.Join(", ", kept.Select(step => $"'{step.Title}' ({step.Operation.Target})"))}."
        : reason;

    /// <summary>A lane whose way back was interrupted is finished first, by the plan that was journaled for it.</summary>
    private async Task FinishLanesAsync(SequenceNode root)
    {
        foreach (RunbookNode lane in RunbookTree.NodesOf(root).Where(node => node.Id != root.Id))
        {
            if (_run.Progress.RollbackOf(lane.Id) is { Ended: false } begun)
            {
                await _rollback.RunAsync(lane, begun.Reason);
            }
        }
    }

    private bool LanesAreClean() => _run.Progress.Rollbacks.Where(rollback => rollback.Key.Length > 0).All(rollback => rollback.Value is { Ended: true, Clean: true });

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";

    private string Describe(NodeResult end) =>
        RunbookTree.StepsOf(_run.Runbook.Root).FirstOrDefault(step => step.Id == end.Step) is { } step
            ? $"'{step.Title}' failed: {end.Reason}"
            : end.Reason ?? "It was stopped.";

    private async Task EndAsync(DeploymentOutcome outcome, string? reason, bool isSuperseded = false)
    {
        await BackNotice.TellAsync(_run, outcome, reason);
        await _run.Journal.AppendAsync(
            JournalEntryKind.RunEnded,
            text: reason ?? "Everything was done and verified.",
            detail: isSuperseded
                ? new Dictionary<string, string> { [Detail.Outcome] = outcome.ToString(), [Detail.Superseded] = "true" }
                : new Dictionary<string, string> { [Detail.Outcome] = outcome.ToString() });
    }
}
