using System.Globalization;
using Deployment.Migrations;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>Keeps what stands beside the journal in step with it: records, claims and later runs. All of it can be done again.</summary>
internal static class RunStorage
{
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(5);

    internal static async Task<Runbook> ReadRunbookAsync(IDeploymentStore store, string hash, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> json = await store.GetBlobAsync(hash, cancellationToken)
            ?? throw new DeploymentException($"The runbook {hash} is missing from the store. Restore the store from a backup.");
        return RunbookFile.ReadCanonical(json, hash);
    }

    internal static async Task SaveStateAsync(RunServices services, RunRecord record, RunState state, string? reason)
    {
        try
        {
            // Another process may have ended the run while this one slept.
            if (await services.Store.FindRunAsync(record.Id, CancellationToken.None) is not { State: RunState.Ended })
            {
                await services.Store.SaveRunAsync(record with { State = state, Reason = reason }, CancellationToken.None);
            }
        }
        catch (Exception error)
        {
            // The record only serves lists; the journal is the truth, and ending the run writes the record again.
            RunLog.RecordNotSaved(services.Logger, record.Id, error);
        }
    }

    /// <summary>Brings record, later runs and claims in line with a journal that has ended. A crash in between is mended by doing it again.</summary>
    internal static async Task<RunRecord> SettleAsync(RunServices services, RunRecord record, Runbook runbook, RunProgress progress)
    {
        RunRecord ended = record with
        {
            State = RunState.Ended,
            Outcome = progress.Outcome,
            Reason = progress.OutcomeReason ?? runbook.Reason,
            // The journal's time, so that settling again later changes nothing.
            EndedAt = progress.EndedAt,
            IsLeftStanding = progress.IsLeftStanding,
        };
        bool isUndone = progress is { Outcome: DeploymentOutcome.Rejected, AbortReason: null or RunExecutor.HostCancelled };
        if (record.Kind == RunKind.Watch && (progress.Outcome == DeploymentOutcome.Succeeded || WatchFollowUps.Found(record, runbook, progress) is not null))
        {
            await WatchFollowUps.GoOnAsync(services, ended, runbook, progress);
        }
        else if (progress.Outcome is DeploymentOutcome.Succeeded or DeploymentOutcome.PartlySucceeded)
        {
            await ScheduleAsync(services, ended, runbook, progress);
        }
        else if (ended.IsLeftStanding)
        {
            // What it replaced would stand for ever: whoever takes its place retires only this one.
            await RetireAsync(services, ended, runbook);
        }
        else if ((record.Kind is RunKind.Retire or RunKind.Contract or RunKind.Watch && isUndone && !IsRefused(runbook, progress)) || (WatchRuns.IsBack(record) && (isUndone || progress is { Outcome: DeploymentOutcome.RolledBack, AbortReason: RunExecutor.HostCancelled })))
        {
            await TryAgainLaterAsync(services, ended, runbook);
        }

        // The claims last: whoever wants the targets next meets them and settles the run again, before history is read without it.
        await services.Store.SaveRunAsync(ended, CancellationToken.None);
        // Who reported while this was settled found the run open: from here on a report is told that it has ended.
        await WatchFollowUps.HeedLateReportsAsync(services, ended, runbook, progress);
        await services.Store.ReleaseClaimsAsync(record.Id, CancellationToken.None);
        return ended;
    }

    /// <summary>
    /// Ends a run that is only scheduled. Whoever begins one does so with its lease, and so it is ended: a run that another process has begun meanwhile is
    /// left to that one, with its claims.
    /// </summary>
    /// <returns>Whether it was ended; false where another process drives it, or it has ended by now.</returns>
    internal static async Task<bool> CancelScheduledAsync(RunServices services, RunRecord record, string reason)
    {
        try
        {
            await using RunLease lease = await RunLease.TakeAsync(services.Store, record.Id, services.LeaseHolder, LeaseTaking.Begin, services.Options.LeaseTerm, services.Time, services.Logger, CancellationToken.None);
            if (await services.Store.FindRunAsync(record.Id, CancellationToken.None) is not { State: RunState.Scheduled } scheduled)
            {
                return false;
            }

            await services.Store.ReleaseClaimsAsync(record.Id, CancellationToken.None);
            await services.Store.SaveRunAsync(
                scheduled with { State = RunState.Ended, Outcome = DeploymentOutcome.Rejected, Reason = reason, EndedAt = services.Time.GetUtcNow() },
                CancellationToken.None);
            return true;
        }
        catch (RunDrivenException)
        {
            return false;
        }
    }

    /// <summary>Whether a claim in the way is only left over from a run that has ended, and is gone now.</summary>
    internal static async Task<bool> SettleHolderAsync(RunServices services, Claim claim, CancellationToken cancellationToken)
    {
        RunRecord? holder = await services.Store.FindRunAsync(claim.RunId, cancellationToken);
        if (holder is null)
        {
            return false;
        }

        if (holder.State != RunState.Ended)
        {
            (List<JournalEntry> entries, _) = await JournalCodec.ReadAsync(services.Store, holder.Id, cancellationToken);
            var progress = new RunProgress();
            entries.ForEach(progress.Apply);
            if (progress.Outcome is null)
            {
                return false;
            }

            return await SettleForAsync(services, holder, progress, cancellationToken);
        }

        await ReleaseLeftAsync(services, holder, cancellationToken);
        return true;
    }

    /// <summary>Settles a run whose process died when all was done. One that lives tidies up, and would remove what comes beside it.</summary>
    private static async Task<bool> SettleForAsync(RunServices services, RunRecord holder, RunProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            await using RunLease lease = await RunLease.TakeAsync(services.Store, holder.Id, services.LeaseHolder, LeaseTaking.Resume, services.Options.LeaseTerm, services.Time, services.Logger, cancellationToken);
            RunRecord now = await services.Store.FindRunAsync(holder.Id, cancellationToken) ?? holder;
            if (now.State != RunState.Ended)
            {
                await SettleAsync(services, now, await ReadRunbookAsync(services.Store, now.RunbookHash!, cancellationToken), progress);
            }

            return true;
        }
        catch (RunDrivenException)
        {
            return false;
        }
    }

    /// <summary>Releases what a run that has ended still claims: its process died before it had read what was reported while it ended.</summary>
    internal static async Task ReleaseLeftAsync(RunServices services, RunRecord ended, CancellationToken cancellationToken)
    {
        if (ended is { RunbookHash: { } hash, EndedAt: not null })
        {
            (List<JournalEntry> entries, _) = await JournalCodec.ReadAsync(services.Store, ended.Id, cancellationToken);
            var progress = new RunProgress();
            entries.ForEach(progress.Apply);
            await WatchFollowUps.HeedLateReportsAsync(services, ended, await ReadRunbookAsync(services.Store, hash, cancellationToken), progress);
        }

        await services.Store.ReleaseClaimsAsync(ended.Id, cancellationToken);
    }

    /// <summary>Whether it was this call that made it.</summary>
    internal static async Task<bool> CreateOnceAsync(RunServices services, RunRecord scheduled)
    {
        if (await services.Store.FindRunAsync(scheduled.Id, CancellationToken.None) is not null)
        {
            return false;
        }

        try
        {
            await services.Store.CreateRunAsync(scheduled, CancellationToken.None);
            return true;
        }
        catch (DeploymentException)
        {
            // Another process may have been faster: then there is one now.
            if (await services.Store.FindRunAsync(scheduled.Id, CancellationToken.None) is null)
            {
                throw;
            }

            return false;
        }
    }

    /// <summary>Who said no is not asked again: the next deployment leaves it anew.</summary>
    private static bool IsRefused(Runbook runbook, RunProgress progress) => runbook.Steps.OfType<ApprovalStep>().Any(step => progress.StatusOf(step.Id) == StepStatus.Failed);

    private static async Task ScheduleAsync(RunServices services, RunRecord ended, Runbook runbook, RunProgress progress)
    {
        await SupersedeAsync(services, ended);
        await RetireAsync(services, ended, runbook);

        for (int i = 0; i < runbook.Contracts?.Count; i++)
        {
            await CreateOnceAsync(services, ContractRuns.Scheduled(ended, runbook.Contracts[i], i + 1));
        }

        await WatchFollowUps.BeginAsync(services, ended, runbook, progress);
    }

    private static async Task RetireAsync(RunServices services, RunRecord ended, Runbook runbook)
    {
        for (int i = 0; i < runbook.FollowUps.Count; i++)
        {
            await CreateOnceAsync(services, Scheduled(ended, runbook.FollowUps[i], string.Create(CultureInfo.InvariantCulture, $"{ended.Id}-retire-{i + 1}")));
        }
    }

    /// <summary>Nothing was changed, and what was to be done still is: a target that was busy, or a host that stopped, must not make it forgotten.</summary>
    private static async Task TryAgainLaterAsync(RunServices services, RunRecord rejected, Runbook runbook)
    {
        int tries = rejected.Id.LastIndexOf("-try-", StringComparison.Ordinal) is > 0 and int at && int.TryParse(rejected.Id[(at + 5)..], NumberStyles.None, CultureInfo.InvariantCulture, out int last) ? last : 1;
        string id = string.Create(CultureInfo.InvariantCulture, $"{(tries == 1 ? rejected.Id : rejected.Id[..rejected.Id.LastIndexOf("-try-", StringComparison.Ordinal)])}-try-{tries + 1}");
        if (await services.Store.FindRunAsync(id, CancellationToken.None) is null)
        {
            await services.Store.CreateRunAsync(
                rejected with { Id = id, State = RunState.Scheduled, Outcome = null, Reason = runbook.Reason, EndedAt = null, RunbookHash = null, Build = null, CreatedAt = rejected.Kind == RunKind.Watch ? rejected.CreatedAt : rejected.EndedAt!.Value, DueAt = rejected.EndedAt!.Value + Again },
                CancellationToken.None);
        }
    }

    private static RunRecord Scheduled(RunRecord ended, FollowUp followUp, string id) => new()
    {
        Id = id,
        Kind = RunKind.Retire,
        Pipeline = ended.Pipeline,
        Environment = ended.Environment,
        Application = ended.Application,
        Targets = [new RunTarget(followUp.Target, null, followUp.Revision)],
        State = RunState.Scheduled,
        CreatedAt = ended.EndedAt!.Value,
        DueAt = ended.EndedAt!.Value + followUp.After,
    };

    /// <summary>A newer success re-plans retirements: what it brought, and what it can go back to, is retired by it alone.</summary>
    private static async Task SupersedeAsync(RunServices services, RunRecord ended)
    {
        var concerned = new HashSet<(string, RevisionId?)>();
        foreach (RunTarget target in ended.Targets.Where(target => target is { Trial: false, LeftAlone: false }))
        {
            concerned.Add((target.Target, target.Candidate));
            concerned.Add((target.Target, target.Previous));
        }

        foreach (RunRecord scheduled in await services.Store.ListRunsAsync(CancellationToken.None))
        {
            bool own = scheduled.Id.StartsWith(ended.Id + "-", StringComparison.Ordinal);
            bool alike = scheduled.Pipeline == ended.Pipeline && scheduled.Environment == ended.Environment;
            bool isRetirement = scheduled.Kind == RunKind.Retire && scheduled.Targets.All(target => concerned.Contains((target.Target, target.Previous)));
            // Whatever users have now, it is watched by the run that brought it.
            bool isWatch = scheduled.Kind is RunKind.Watch or RunKind.RollBack && ended.Kind is RunKind.Deploy or RunKind.RollBack && scheduled.Targets.All(target => concerned.Any(other => other.Item1 == target.Target));
            bool isContract = scheduled.Kind == RunKind.Contract && ContractRuns.IsOverBy(scheduled, ended);
            bool isBefore = !own && alike && scheduled.CreatedAt <= ended.EndedAt;
            if (isBefore && scheduled.State == RunState.Scheduled && (isRetirement || isWatch || isContract))
            {
                await CancelScheduledAsync(services, scheduled, $"Superseded by run {ended.Id}.");
            }
            else if (isBefore && scheduled is { State: RunState.Held, Kind: RunKind.Watch } && isWatch)
            {
                // Nobody needs to decide any more about what has gone.
                await services.Store.PostSignalAsync(scheduled.Id, Signal.Promote($"run {ended.Id}") with { Reason = "What is watched has no traffic any more." }, CancellationToken.None);
            }
        }
    }
}
