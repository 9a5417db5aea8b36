using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Deployment.Commands;
using Deployment.Reports;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Telemetry;

namespace Deployment.Execution;

/// <summary>Begins, resumes and settles runs.</summary>
internal sealed class RunExecutor(RunServices services)
{
    internal const string HostCancelled = "The host cancelled the deployment.";

    /// <summary>Executes exactly this runbook.</summary>
    internal async Task<DeploymentResult> StartAsync(Runbook runbook, RunRecord record, CancellationToken cancellationToken)
    {
        await RefuseIfClaimedAsync(runbook, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        await services.Store.PutBlobAsync(runbook.ToCanonicalJson(), cancellationToken);
        RunRecord running = record with { State = RunState.Running, RunbookHash = runbook.Hash, Build = services.Build };
        // From here on a cancellation is an abort like any other, so that no run is left open that never began.
        if (record.State != RunState.Scheduled)
        {
            await services.Store.CreateRunAsync(running, CancellationToken.None);
            return await DriveAsync(running, runbook, force: false, CancellationToken.None, cancellationToken);
        }

        // Several hosts may find the same run due: who has its lease writes its record, and no other.
        await using RunLease lease = await TakeAsync(record.Id, force: false, cancellationToken);
        if (await services.Store.FindRunAsync(record.Id, cancellationToken) is not { State: RunState.Scheduled })
        {
            throw new RunDrivenException(record.Id, null);
        }

        await services.Store.SaveRunAsync(running, CancellationToken.None);
        return await DriveAsync(running, runbook, lease, CancellationToken.None, cancellationToken);
    }

    /// <summary>Goes on with a run that another process left open, or gives the result of one that has ended.</summary>
    internal async Task<DeploymentResult> ResumeAsync(RunRecord record, bool force, CancellationToken cancellationToken)
    {
        if (record.RunbookHash is not { } hash)
        {
            throw new DeploymentException($"Run {record.Id} is scheduled for {record.DueAt:u} and was never planned. Complete it when it is due.");
        }

        Runbook runbook = await RunStorage.ReadRunbookAsync(services.Store, hash, cancellationToken);
        return record.State == RunState.Ended
            ? await ResultAsync(record, runbook, cancellationToken)
            : await DriveAsync(record, runbook, force, cancellationToken, cancellationToken);
    }

    /// <param name="record">The run.</param>
    /// <param name="runbook">What it follows.</param>
    /// <param name="force">Whether its lease is taken without waiting for its holder's silence.</param>
    /// <param name="taking">Cancels waiting for the lease.</param>
    /// <param name="cancellationToken">Asks for the declared policy once the run is driven.</param>
    private async Task<DeploymentResult> DriveAsync(RunRecord record, Runbook runbook, bool force, CancellationToken taking, CancellationToken cancellationToken)
    {
        await using RunLease lease = await TakeAsync(record.Id, force, taking);
        return await DriveAsync(record, runbook, lease, taking, cancellationToken);
    }

    private Task<RunLease> TakeAsync(string runId, bool force, CancellationToken cancellationToken) =>
        RunLease.TakeAsync(services.Store, runId, services.Holder, force, services.Options.LeaseTerm, services.Time, services.Logger, cancellationToken);

    private async Task<DeploymentResult> DriveAsync(RunRecord record, Runbook runbook, RunLease lease, CancellationToken taking, CancellationToken cancellationToken)
    {
        using Activity? activity = DeploymentTelemetry.StartRun(record);
        (List<JournalEntry> entries, string head) = await JournalCodec.ReadAsync(services.Store, record.Id, taking);
        var progress = new RunProgress();
        entries.ForEach(progress.Apply);
        if (progress.Outcome is null)
        {
            var journal = new RunJournal(services.Store, record.Id, lease.Epoch, head, progress, services.Time, new RunObserver(services, record).OnWritten);
            await ClaimAsync(record, runbook, journal, taking);
            await DriveAsync(record, runbook, lease, journal, cancellationToken);
        }

        RunRecord ended = await RunStorage.SettleAsync(services, record, runbook, progress);
        DeploymentResult result = await ResultAsync(ended, runbook, CancellationToken.None);
        activity?.SetTag("deployment.outcome", result.Outcome.ToString());
        return result;
    }

    private async Task DriveAsync(RunRecord record, Runbook runbook, RunLease lease, RunJournal journal, CancellationToken cancellationToken)
    {
        RunProgress progress = journal.Progress;
        bool isFirst = !progress.Started;
        await EndLeftoversAsync(record, progress, lease);
        IReadOnlyDictionary<string, Observation> observations = await ObserveAsync(record, runbook, journal, cancellationToken);
        Task SaveStateAsync(RunState state, string? reason) => RunStorage.SaveStateAsync(services, record, state, reason);
        using var control = new RunControl(journal, runbook.Hash, SaveStateAsync);
        using var detached = new CancellationTokenSource();
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
        };
        await BeginAsync(run, isFirst);
        await using var pump = new SignalPump(run);
        using CancellationTokenRegistration cancelled = cancellationToken.UnsafeRegister(_ => Cancel(control, detached), null);
        try
        {
            await new RunDriver(run).DriveAsync(isFirst);
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
    }

    private void Cancel(RunControl control, CancellationTokenSource detached)
    {
        if (services.Options.OnCancellation == CancellationPolicy.Detach)
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
            await run.Journal.AppendAsync(JournalEntryKind.RunStarted, text: $"{run.Record.Kind} {run.Runbook.Application} {run.Runbook.Release?.Version} by {run.Runbook.Strategy}".Replace("  ", " ", StringComparison.Ordinal), detail: detail);
            return;
        }

        await run.Journal.AppendAsync(JournalEntryKind.RunResumed, text: $"{services.Holder} goes on with the run.", detail: detail);
    }

    /// <summary>Before anything is looked at or repeated, what the last process started must not be able to land any more.</summary>
    private async Task EndLeftoversAsync(RunRecord record, RunProgress progress, RunLease lease)
    {
        foreach ((string step, CommandProcess process) in progress.InDoubt.SelectMany(step => step.Value.Processes.Select(process => (step.Key, process))))
        {
            try
            {
                await services.Commands.EndAsync(process, TimeSpan.FromSeconds(5), lease.Lost);
            }
            catch (DeploymentException error)
            {
                RunLog.LeftoverNotEnded(services.Logger, record.Id, step, error.Message);
            }
        }
    }

    private async Task<IReadOnlyDictionary<string, Observation>> ObserveAsync(RunRecord record, Runbook runbook, RunJournal journal, CancellationToken cancellationToken)
    {
        try
        {
            return await Planning.Observer.ObserveAsync(services.Targets, runbook.Targets.Select(target => target.Target), cancellationToken);
        }
        catch (Exception error) when (!journal.Progress.Started)
        {
            await RejectAsync(record, runbook, journal, error.Message);
            throw;
        }
    }

    private async Task RefuseIfClaimedAsync(Runbook runbook, CancellationToken cancellationToken)
    {
        HashSet<string> wanted = [.. runbook.Targets.Select(target => target.Target)];
        foreach (Claim claim in await services.Store.ListClaimsAsync(cancellationToken))
        {
            if (wanted.Contains(claim.Target) && !await RunStorage.SettleHolderAsync(services, claim, cancellationToken))
            {
                throw new TargetClaimedException(claim);
            }
        }
    }

    /// <summary>Ends a run that never began: by its journal, which a process that lost the run can't write any more.</summary>
    private async Task RejectAsync(RunRecord record, Runbook runbook, RunJournal journal, string reason)
    {
        await journal.AppendAsync(JournalEntryKind.RunEnded, text: reason, detail: new Dictionary<string, string> { [Detail.Outcome] = nameof(DeploymentOutcome.Rejected) });
        await RunStorage.SettleAsync(services, record, runbook, journal.Progress);
    }

    private async Task ClaimAsync(RunRecord record, Runbook runbook, RunJournal journal, CancellationToken cancellationToken)
    {
        string[] targets = [.. runbook.Targets.Select(target => target.Target)];
        while (await services.Store.TryClaimAsync(record.Id, targets, services.Time.GetUtcNow(), cancellationToken) is { } inTheWay)
        {
            if (!await RunStorage.SettleHolderAsync(services, inTheWay, cancellationToken))
            {
                var claimed = new TargetClaimedException(inTheWay);
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
        return DeploymentResult.Of(record, runbook, new ExecutionLog(record, entries));
    }
}
