using System.Collections.Concurrent;
using Deployment.Execution;
using Deployment.Migrations;
using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment;

// Runs that are carried out later, and those that another process left open.
public sealed partial class DeploymentPipeline
{
    private readonly ConcurrentDictionary<string, bool> _toldBacks = new(StringComparer.Ordinal);

    /// <summary>Runs that are open hold different targets, so none needs to wait for another: a person may take days to decide about one.</summary>
    internal async Task<IReadOnlyList<DeploymentResult>> ResumeAllAsync(HostCancellation host)
    {
        IReadOnlyList<RunRecord> runs = await _history.RunsAsync(host.Token);
        await _executor.ReleaseLeftClaimsAsync(runs, host.Token);
        var several = new SeveralRuns(host.Token);
        await Task.WhenAll([.. runs.Where(run => run.State is not (RunState.Scheduled or RunState.Ended)).Select(run => several.AddAsync(run, () => _executor.ResumeAsync(run, force: false, host)))]);
        return several.Results();
    }

    /// <summary>
    /// Looks side by side, and first: one may find that the release must go back, for which the old revision must still stand. All else one after the other, as
    /// several may be due on one target. What is held for a person is waited for last.
    /// </summary>
    internal async Task<IReadOnlyList<DeploymentResult>> CompleteAsync(HostCancellation host)
    {
        var several = new SeveralRuns(host.Token);
        (IReadOnlyList<RunRecord> due, IReadOnlySet<string> busy) = await DueAsync(host.Token);
        List<Task> open = [];
        Task[] looks = [.. due.Where(run => run.Kind == RunKind.Watch).Select(run => UntilHeldAsync(run, several, host, open, own => LookAsync(run, busy, own)))];
        await Task.WhenAll(looks);

        HashSet<string> begun = new(StringComparer.Ordinal);
        while (true)
        {
            // In the order of their kinds: going back before removing what one could go back to.
            due = host.Token.IsCancellationRequested ? [] : (await DueAsync(host.Token)).Due;
            foreach (RunRecord run in due.Where(run => run.Kind != RunKind.Watch && begun.Add(run.Id)).OrderBy(run => run.Kind))
            {
                await (run.Kind == RunKind.Contract ? ContractAsync(run, several, host, open) : UntilHeldAsync(run, several, host, open, async own =>
                    run.Kind == RunKind.RollBack ? await GoBackAsync(run, own) : await _executor.StartAsync(await _planning.RetireAsync(run, own.Token), run, own)));
            }

            open.RemoveAll(run => run.IsCompleted);
            if (open.Count == 0)
            {
                return several.Results();
            }

            // A person who decided about a look may have made something due.
            await Task.WhenAny(open);
        }
    }

    /// <summary>Waits until a run has ended, or is held for a person, which may take days: then it is added to those that are open.</summary>
    private static async Task UntilHeldAsync(RunRecord run, SeveralRuns several, HostCancellation host, List<Task> open, Func<HostCancellation, Task<DeploymentResult>> drive)
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task driving = several.AddAsync(run, () => drive(host with { OnHeld = () => held.TrySetResult() }));
        await Task.WhenAny(driving, ThenAsync(held.Task));
        if (!driving.IsCompleted)
        {
            lock (open)
            {
                open.Add(driving);
            }
        }
    }

    /// <summary>A method of its own, so that it ends on the caller's context.</summary>
    private static async Task ThenAsync(Task task) => await task;

    private async Task<(IReadOnlyList<RunRecord> Due, IReadOnlySet<string> Busy)> DueAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = _services.Time.GetUtcNow();
        RunRecord[] due = [.. (await _history.RunsAsync(cancellationToken)).Where(run => run.State == RunState.Scheduled && run.DueAt <= now)];
        // While another run changes a target nobody knows what users will have: what is watched there waits for its end.
        HashSet<string> busy = new(StringComparer.Ordinal);
        foreach (Claim claim in due.Length == 0 ? [] : await _services.Store.ListClaimsAsync(cancellationToken))
        {
            // What a contract leaves alone stays as it is: it can be looked at.
            RunRecord? holder = await _services.Store.FindRunAsync(claim.RunId, cancellationToken);
            if (holder is not { State: RunState.Ended } && holder?.Targets.Any(target => target.Target == claim.Target && target.LeftAlone) != true)
            {
                busy.Add(claim.Target);
            }
        }

        return ([.. due.Where(run => run.Kind switch
        {
            RunKind.Watch => run.Targets.Any(target => !busy.Contains(target.Target)),
            RunKind.RollBack or RunKind.Contract => !run.Targets.Any(target => busy.Contains(target.Target)),
            _ => true,
        })], busy);
    }

    /// <summary>One that must wait stays scheduled, and is looked at again by the next call.</summary>
    private async Task ContractAsync(RunRecord run, SeveralRuns several, HostCancellation host, List<Task> open)
    {
        DueContract? due = null;
        await several.TryAsync(run, async () => due = await _planning.ContractAsync(run, _services.Time.GetUtcNow(), host.Token));
        if (due?.WaitsFor is { } reason)
        {
            RunLog.ContractWaits(_services.Logger, run.Id, reason);
        }
        else if (due?.Over is { } over)
        {
            await RunStorage.CancelScheduledAsync(_services, run, over);
        }
        else if (due is { Runbook: { } runbook })
        {
            await UntilHeldAsync(run, several, host, open, own => _executor.StartAsync(runbook, run, own));
        }
    }

    private async Task<DeploymentResult> LookAsync(RunRecord look, IReadOnlySet<string> busy, HostCancellation host) =>
        await _executor.StartAsync(await WatchPlanning.PlanAsync(_services.Store, _definition, look, busy, _services.Time.GetUtcNow(), host.Token), look, host);

    /// <summary>Who owns the way back hears once a process of one that can't begin, however often it is tried.</summary>
    private async Task<DeploymentResult> GoBackAsync(RunRecord scheduled, HostCancellation host)
    {
        try
        {
            return await GoBackUntoldAsync(scheduled, host);
        }
        catch (Exception error) when (!host.Token.IsCancellationRequested && error is not RunDrivenException and not NotNeededException)
        {
            if (_toldBacks.TryAdd(WatchRuns.DeploymentOf(scheduled), true))
            {
                await BackNotice.TellNotBegunAsync(_services, _definition.Roles.GetValueOrDefault(Notices.Owner), scheduled, error.Message);
            }

            throw;
        }
    }

    /// <summary>Goes back from what an extended watch found bad, and from nothing else, unless somebody did so by now.</summary>
    private async Task<DeploymentResult> GoBackUntoldAsync(RunRecord scheduled, HostCancellation host)
    {
        // What can't be looked at now is tried again the next time; only what the plan itself lacks ends the way back. Planning looks once more, and the same holds for that.
        await Observer.ObserveAsync(_definition.Table, _definition.Targets.Concat(_definition.Resources).Select(target => target.Name), host.Token);
        Runbook? runbook = null;
        string impossible;
        Exception? cause = null;
        try
        {
            RunRecord deployment = await FindAsync(WatchRuns.DeploymentOf(scheduled), host.Token);
            runbook = await _planning.RollBackFromAsync(deployment, scheduled.Reason, host.Token);
            impossible = $"What run {deployment.Id} brought takes no traffic any more, so nobody needs to go back from it.";
        }
        catch (DeploymentException error) when (error is DeploymentValidationException or NoWayBackException && !host.Token.IsCancellationRequested)
        {
            (impossible, cause) = ($"It can't go back by itself: {error.Message}", error);
        }

        if (runbook is not null)
        {
            return await _executor.StartAsync(runbook, _history.NewRecord(runbook, scheduled.Id) with { State = RunState.Scheduled, Reason = scheduled.Reason, CreatedAt = scheduled.CreatedAt, DueAt = scheduled.DueAt }, host);
        }

        throw await RunStorage.CancelScheduledAsync(_services, scheduled, scheduled.Reason is { } reason ? $"{reason.TrimEnd('.')}. {impossible}" : impossible)
            ? cause is null ? new NotNeededException($"It was ended. {impossible}") : new DeploymentException($"It was ended. {impossible}", cause)
            : new RunDrivenException(scheduled.Id, null);
    }

    /// <summary>Somebody was faster, and nobody needs to hear of it.</summary>
    private sealed class NotNeededException(string message) : DeploymentException(message);
}
