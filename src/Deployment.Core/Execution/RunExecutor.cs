using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Deployment.Analysis;
using Deployment.Reports;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Telemetry;

namespace Deployment.Execution;

/// <summary>Begins, resumes and settles runs.</summary>
/// <param name="services">What the pipeline gives every run.</param>
/// <param name="permit">Throws where a runbook may not begin any more, by what history and other services are by now.</param>
internal sealed class RunExecutor(RunServices services, Func<Runbook, CancellationToken, Task> permit)
{
    internal const string HostCancelled = "The host cancelled the deployment.";

    /// <summary>Executes exactly this runbook.</summary>
    /// <param name="runbook">What to follow.</param>
    /// <param name="record">The run, new or scheduled.</param>
    /// <param name="host">What the host may ask for.</param>
    internal async Task<DeploymentResult> StartAsync(Runbook runbook, RunRecord record, HostCancellation host)
    {
        CancellationToken cancellationToken = host.Token;
        await RefuseIfClaimedAsync(runbook, cancellationToken);
        // Now that runs which ended without saying so are settled.
        await permit(runbook, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        await services.Store.PutBlobAsync(runbook.ToCanonicalJson(), cancellationToken);
        RunRecord running = record with { State = RunState.Running, RunbookHash = runbook.Hash, Build = services.Build };
        // From here on a cancellation is an abort like any other, so that no run is left open that never began.
        if (record.State != RunState.Scheduled)
        {
            await services.Store.CreateRunAsync(running, CancellationToken.None);
            return await DriveAsync(running, runbook, LeaseTaking.Begin, host, CancellationToken.None);
        }

        // Several hosts may find the same run due: who has its lease writes its record, and no other.
        await using RunLease lease = await TakeAsync(record.Id, LeaseTaking.Begin, cancellationToken);
        if (await services.Store.FindRunAsync(record.Id, cancellationToken) is not { State: RunState.Scheduled })
        {
            throw new RunDrivenException(record.Id, null);
        }

        await services.Store.SaveRunAsync(running, CancellationToken.None);
        return await DriveAsync(running, runbook, lease, host, CancellationToken.None);
    }

    /// <summary>Goes on with a run that another process left open, or gives the result of one that has ended.</summary>
    internal async Task<DeploymentResult> ResumeAsync(RunRecord record, bool force, HostCancellation host)
    {
        if (record.RunbookHash is not { } hash)
        {
            throw new DeploymentException($"Run {record.Id} is scheduled for {record.DueAt:u} and was never planned. Complete it when it is due.");
        }

        Runbook runbook = await RunStorage.ReadRunbookAsync(services.Store, hash, host.Token);
        if (record.State != RunState.Ended)
        {
            return await DriveAsync(record, runbook, force ? LeaseTaking.Force : LeaseTaking.Resume, host, host.Token);
        }

        // Its process may have died just before it did.
        await services.Store.ReleaseClaimsAsync(record.Id, host.Token);
        return await ResultAsync(record, runbook, host.Token);
    }

    /// <summary>A process may die between saving that its run has ended and releasing its claims. They keep nobody from anything, but look as if.</summary>
    internal async Task ReleaseLeftClaimsAsync(IEnumerable<RunRecord> runs, CancellationToken cancellationToken)
    {
        var ended = runs.Where(run => run.State == RunState.Ended).ToDictionary(run => run.Id, StringComparer.Ordinal);
        foreach (string runId in (await services.Store.ListClaimsAsync(cancellationToken)).Select(claim => claim.RunId).Where(ended.ContainsKey).Distinct())
        {
            await RunStorage.ReleaseLeftAsync(services, ended[runId], cancellationToken);
        }
    }

    /// <param name="record">The run.</param>
    /// <param name="runbook">What it follows.</param>
    /// <param name="how">How its lease is taken.</param>
    /// <param name="host">What the host may ask for once the run is driven.</param>
    /// <param name="taking">Cancels waiting for the lease.</param>
    private async Task<DeploymentResult> DriveAsync(RunRecord record, Runbook runbook, LeaseTaking how, HostCancellation host, CancellationToken taking)
    {
        await using RunLease lease = await TakeAsync(record.Id, how, taking);
        return await DriveAsync(record, runbook, lease, host, taking);
    }

    private Task<RunLease> TakeAsync(string runId, LeaseTaking how, CancellationToken cancellationToken) =>
        RunLease.TakeAsync(services.Store, runId, services.LeaseHolder, how, services.Options.LeaseTerm, services.Time, services.Logger, cancellationToken);

    private async Task<DeploymentResult> DriveAsync(RunRecord record, Runbook runbook, RunLease lease, HostCancellation host, CancellationToken taking)
    {
        using Activity? activity = DeploymentTelemetry.StartRun(record);
        (List<JournalEntry> entries, string head) = await JournalCodec.ReadAsync(services.Store, record.Id, taking);
        var progress = new RunProgress();
        entries.ForEach(progress.Apply);
        if (progress.RunbookHash is { } followed && followed != runbook.Hash)
        {
            throw new DeploymentException($"The journal of run {record.Id} follows the runbook {followed}, but its record names {runbook.Hash}. The store was changed from outside; restore it from a backup, or undo the run by hand with the runbook that the journal names.");
        }

        if (progress.Outcome is null)
        {
            var journal = new RunJournal(services.Store, record.Id, lease.Epoch, head, progress, services.Time, new RunObserver(services, record).OnWritten);
            await ClaimAsync(record, runbook, journal, taking);
            await DriveAsync(record, runbook, lease, journal, host);
        }

        if (progress is { Outcome: DeploymentOutcome.Succeeded, Rollbacks.Count: 0 })
        {
            // Only now: what dies while it tidies up must not be taken back. Whoever goes on with it does it again.
            await new TidyingUp(services, record, runbook, lease).RunAsync(host);
        }

        RunRecord ended = await RunStorage.SettleAsync(services, record, runbook, progress);
        DeploymentResult result = await ResultAsync(ended, runbook, CancellationToken.None);
        activity?.SetTag("deployment.outcome", result.Outcome.ToString());
        return result;
    }

    private async Task DriveAsync(RunRecord record, Runbook runbook, RunLease lease, RunJournal journal, HostCancellation host)
    {
        RunProgress progress = journal.Progress;
        bool isFirst = !progress.Started;
        // Whoever goes on with a run looks when signals are heard already: a target that can't be reached must not keep an abort from winning.
        IReadOnlyDictionary<string, Observation> observations = isFirst ? await ObserveAsync(record, runbook, lease.Epoch, journal, host.Token) : new Dictionary<string, Observation>();
        async Task SaveStateAsync(RunState state, string? reason)
        {
            await RunStorage.SaveStateAsync(services, record, state, reason);
            if (state == RunState.Held)
            {
                host.OnHeld?.Invoke();
            }
        }

        using var control = new RunControl(journal, runbook.Hash, SaveStateAsync);
        using var detached = new CancellationTokenSource();
        journal.Failed = detached.Cancel;
        var run = new ActiveRun
        {
            Services = services,
            Record = record,
            Runbook = runbook,
            Lease = lease,
            Journal = journal,
            Control = control,
            Detached = detached.Token,
            Observations = observations,
            SaveStateAsync = SaveStateAsync,
            PermitAsync = cancellationToken => permit(runbook, cancellationToken),
        };
        await BeginAsync(run, isFirst);
        await using var pump = new SignalPump(run);
        using CancellationTokenRegistration cancelled = host.Token.UnsafeRegister(_ => Cancel(host.Policy, control, detached), null);
        try
        {
            using var driver = new RunDriver(run);
            await driver.DriveAsync(isFirst);
        }
        catch (StalePlanException)
        {
            await RunStorage.SettleAsync(services, record, runbook, progress);
            throw;
        }
        catch (Exception error) when ((journal.Failure ?? lease.Loss) is { } cause && cause != error)
        {
            // What was cancelled or refused because of it is only what followed.
            ExceptionDispatchInfo.Throw(cause);
        }
        finally
        {
            journal.Failed = null;
        }
    }

    private static void Cancel(CancellationPolicy policy, RunControl control, CancellationTokenSource detached)
    {
        if (policy == CancellationPolicy.Detach)
        {
            detached.Cancel();
        }
        else
        {
            // A failure to journal it is the run's failure, and is seen by the next append.
            _ = control.AbortAsync(HostCancelled);
        }
    }

    private async Task BeginAsync(ActiveRun run, bool isFirst)
    {
        Dictionary<string, string> detail = new()
        {
            [Detail.Runbook] = run.Runbook.Hash,
            // A run belongs to the build that planned it, also when another one is the first to write to its journal.
            [Detail.Build] = isFirst ? run.Record.Build ?? "" : services.Build,
            [Detail.Holder] = services.Holder,
        };
        if (isFirst)
        {
            string text = $"{run.Record.Kind} {run.Runbook.Application} {run.Runbook.Versions} by {run.Runbook.Strategy}".Replace("  ", " ", StringComparison.Ordinal);
            text = run.Runbook.Reason is { } reason ? $"{text}, because: {reason}" : text;
            await run.Journal.AppendAsync([new EntryDraft(JournalEntryKind.RunStarted, Text: text, Detail: detail), .. OverrideEntries.Of(run.Runbook)]);
            return;
        }

        if (run.Record.State == RunState.Held)
        {
            // Whether it still waits for a person is found out anew.
            await run.SaveStateAsync(RunState.Running, null);
        }

        await run.Journal.AppendAsync(JournalEntryKind.RunResumed, text: $"{services.Holder} goes on with the run.", detail: detail);
    }

    private async Task<IReadOnlyDictionary<string, Observation>> ObserveAsync(RunRecord record, Runbook runbook, long epoch, RunJournal journal, CancellationToken cancellationToken)
    {
        try
        {
            var seen = await Planning.Observer.ObserveAsync(services.Targets, ObservedBy(runbook), cancellationToken);
            RefuseOtherStores(runbook, seen, epoch);
            return seen;
        }
        catch (Exception error)
        {
            await RejectAsync(record, runbook, journal, error.Message);
            throw;
        }
    }

    /// <summary>What another store's runs fence off would be refused in the midst of the run, and its undo as well.</summary>
    private static void RefuseOtherStores(Runbook runbook, IReadOnlyDictionary<string, Observation> seen, long epoch)
    {
        foreach (RunTarget target in runbook.Kind == RunKind.Watch ? [] : runbook.Targets)
        {
            string application = (target.Candidate ?? target.Previous)?.Application ?? runbook.Application;
            if (seen[target.Target].Epochs.TryGetValue(application, out long highest) && highest >= epoch)
            {
                throw new DeploymentException($"A run with epoch {highest} acted on {target.Target} for {application}, and this run has {epoch}; nothing was changed. Either another run of this store went first: try again. Or somebody deploys {application} there with another store: use that one, or give this pipeline a place of its own, such as another StateFolder.");
            }
        }
    }

    /// <summary>Who only looks keeps nobody from anything.</summary>
    private static IEnumerable<string> ClaimedBy(Runbook runbook) => runbook.Kind == RunKind.Watch ? [] : runbook.Targets.Select(target => target.Target);

    /// <summary>What is watched and can't be looked at now is not asked.</summary>
    private static IEnumerable<string> ObservedBy(Runbook runbook) =>
        runbook.Kind == RunKind.Watch ? runbook.Steps.OfType<CheckStep>().Select(step => step.Subject.Target).Distinct(StringComparer.Ordinal) : runbook.Targets.Select(target => target.Target);

    private async Task RefuseIfClaimedAsync(Runbook runbook, CancellationToken cancellationToken)
    {
        HashSet<string> wanted = [.. ClaimedBy(runbook)];
        foreach (Claim claim in await services.Store.ListClaimsAsync(cancellationToken))
        {
            if (wanted.Contains(claim.Target) && !await RunStorage.SettleHolderAsync(services, claim, cancellationToken))
            {
                throw await ClaimedAsync(claim, cancellationToken);
            }
        }
    }

    private async Task<TargetClaimedException> ClaimedAsync(Claim claim, CancellationToken cancellationToken) =>
        new(claim, Driver.Of(await services.Store.ReadLeaseAsync(claim.RunId, cancellationToken), services.Time.GetUtcNow()));

    /// <summary>Ends a run that never began: by its journal, which a process that lost the run can't write any more.</summary>
    private async Task RejectAsync(RunRecord record, Runbook runbook, RunJournal journal, string reason)
    {
        await journal.AppendAsync(JournalEntryKind.RunEnded, text: reason, detail: new Dictionary<string, string> { [Detail.Outcome] = nameof(DeploymentOutcome.Rejected) });
        await RunStorage.SettleAsync(services, record, runbook, journal.Progress);
    }

    private async Task ClaimAsync(RunRecord record, Runbook runbook, RunJournal journal, CancellationToken cancellationToken)
    {
        string[] targets = [.. ClaimedBy(runbook)];
        while (await services.Store.TryClaimAsync(record.Id, targets, services.Time.GetUtcNow(), cancellationToken) is { } inTheWay)
        {
            if (!await RunStorage.SettleHolderAsync(services, inTheWay, cancellationToken))
            {
                TargetClaimedException claimed = await ClaimedAsync(inTheWay, cancellationToken);
                if (!journal.Progress.Started)
                {
                    await RejectAsync(record, runbook, journal, claimed.Message);
                }

                throw claimed;
            }
        }
    }

    private async Task<DeploymentResult> ResultAsync(RunRecord record, Runbook runbook, CancellationToken cancellationToken)
    {
        (List<JournalEntry> entries, _) = await JournalCodec.ReadAsync(services.Store, record.Id, cancellationToken);
        return DeploymentResult.Of(record, runbook, new ExecutionLog(record, entries, new WatchRecords(services.Store, record)));
    }
}
