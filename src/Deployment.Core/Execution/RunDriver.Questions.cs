using Deployment.Migrations;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Execution;

// Where the run doesn't decide by itself whether it goes on or back.
internal sealed partial class RunDriver
{
    /// <summary>After some steps a person decides whether the run goes back: false to try again, or to take the failed step as done.</summary>
    private async Task<bool> AskWhetherBackAsync(NodeResult end, EffectStep holder, string reason, bool goesOn = true)
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(_run.Control.Aborted, _run.Detached, _run.Lease.Lost);
        try
        {
            string step = end.End == NodeEnd.Failed ? end.Step! : _run.Runbook.Root.Id;
            string question = holder.OnLaterFailure == MigratedFailure.Supersede
                ? $"{Sentence(reason)} '{holder.Title}' was done, and after that the release isn't taken back by itself. {(goesOn ? "Resume to try again, promote to take the failed step as done, supersede" : "Supersede")} it with a newer release (SupersedeAsync), which is deployed on what stands, or abort to go back all the same."
                : $"{Sentence(reason)} '{holder.Title}' was done, and after that a person decides. Resume to try again, promote to take the failed step as done, {HoldNotices.WaysBack(_run.Record)}.";
            await _notices.WhileAsync(end.End == NodeEnd.Failed ? step : null, "has failed and is held", question, () => _run.Control.HoldAsync(step, question, interrupt.Token), interrupt.Token);
            return false;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            _run.Lease.Lost.ThrowIfLost(_run.Lease);
            if (_run.Progress.AbortReason is null)
            {
                _run.Detached.ThrowIfCancellationRequested();
            }

            return true;
        }
    }

    /// <summary>Past the point of no return a person decides: try again, take the failed step as done, or give up.</summary>
    private async Task<bool> GoOnPastNoReturnAsync(NodeResult end, EffectStep irreversible, string reason)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(_run.Control.NextAbort, _run.Detached, _run.Lease.Lost);
        if (_run.Progress.IsSuperseded)
        {
            // It came just before the token above, which hears only of what comes later.
            return true;
        }

        try
        {
            string step = end.End == NodeEnd.Failed ? end.Step! : _run.Runbook.Root.Id;
            string question = $"{Sentence(reason)} '{irreversible.Title}' was done and can't be undone: {irreversible.Undo.Reason} Resume to try again, promote to take the failed step as done, or abort to end the run as it is.";
            await _notices.WhileAsync(end.End == NodeEnd.Failed ? step : null, "has failed and is held", question, () => _run.Control.HoldAsync(step, question, giveUp.Token, withdrawsAbort: true), giveUp.Token);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            _run.Lease.Lost.ThrowIfLost(_run.Lease);
            _run.Detached.ThrowIfCancellationRequested();
            await EndAsync(DeploymentOutcome.NeedsAttention, $"{Sentence(reason)} The run was ended past its point of no return; what was done is left as it is.", _run.Progress.IsSuperseded);
            return false;
        }

        return true;
    }

    /// <summary>Going forward needs to know what there is, and that nothing lands beside it; going back has to do without.</summary>
    private async Task<bool> KnowsEnoughAsync(IReadOnlyList<string> unknown)
    {
        while (unknown.Count > 0)
        {
            HoldDecision? decision = await AskAsync($"{string.Join(' ', unknown.Select(Sentence))} Resume to look again, promote to go on all the same, or abort.");
            if (decision is null)
            {
                return false;
            }

            if (decision == HoldDecision.TakeAsDone)
            {
                _takeover.Forget();
                return true;
            }

            unknown = await _takeover.LookAsync();
        }

        return true;
    }

    private async Task<bool> GoOnThoughMovedAsync(IReadOnlyList<Fact> moved) => await AskAsync(
        $"While no process drove this run, what it rests on has moved: {StalePlanException.Describe(moved, _run.Observations)} If it was taken back by hand, abort: the run then ends as rolled back. Resume or promote to go on all the same.") is not null;

    /// <summary>Holds the whole run for a person; null when it is aborted instead.</summary>
    private async Task<HoldDecision?> AskAsync(string question)
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(_run.Control.Aborted, _run.Detached, _run.Lease.Lost);
        try
        {
            return await _run.Control.HoldAsync(_run.Runbook.Root.Id, question, interrupt.Token);
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            _run.Lease.Lost.ThrowIfLost(_run.Lease);
            if (_run.Progress.AbortReason is null)
            {
                _run.Detached.ThrowIfCancellationRequested();
            }

            return null;
        }
    }
}
