using System.Globalization;
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
            Reason = progress.OutcomeReason,
            // The journal's time, so that settling again later changes nothing.
            EndedAt = progress.EndedAt,
        };
        bool isUndone = progress is { Outcome: DeploymentOutcome.Rejected, AbortReason: null or RunExecutor.HostCancelled };
        if (record.Kind == RunKind.Watch && (progress.Outcome == DeploymentOutcome.Succeeded || Found(runbook, progress) is not null))
        {
            await WatchOnAsync(services, ended, runbook, progress);
        }
        else if (progress.Outcome is DeploymentOutcome.Succeeded or DeploymentOutcome.PartlySucceeded)
        {
            await ScheduleAsync(services, ended, runbook);
        }
        else if ((record.Kind is RunKind.Retire or RunKind.Watch && isUndone) || (WatchRuns.IsBack(record) && (isUndone || progress is { Outcome: DeploymentOutcome.RolledBack, AbortReason: RunExecutor.HostCancelled })))
        {
            await TryAgainLaterAsync(services, ended);
        }

        // The claims last: whoever wants the targets next meets them and settles the run again, before history is read without it.
        await services.Store.SaveRunAsync(ended, CancellationToken.None);
        await services.Store.ReleaseClaimsAsync(record.Id, CancellationToken.None);
        return ended;
    }

    /// <summary>Ends a run that is only scheduled; nobody drives it.</summary>
    internal static async Task CancelScheduledAsync(RunServices services, RunRecord record, string reason)
    {
        await services.Store.ReleaseClaimsAsync(record.Id, CancellationToken.None);
        await services.Store.SaveRunAsync(
            record with { State = RunState.Ended, Outcome = DeploymentOutcome.Rejected, Reason = reason, EndedAt = services.Time.GetUtcNow() },
            CancellationToken.None);
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

            await SettleAsync(services, holder, await ReadRunbookAsync(services.Store, holder.RunbookHash!, cancellationToken), progress);
            return true;
        }

        await services.Store.ReleaseClaimsAsync(holder.Id, cancellationToken);
        return true;
    }

    /// <summary>Why a look of an extended watch wants the release to go back; null when it doesn't.</summary>
    private static string? Found(Runbook runbook, RunProgress progress) =>
        runbook.Steps.OfType<CheckStep>().Select(step => progress.Find(step.Id)).FirstOrDefault(step => step?.Status == StepStatus.Failed)?.Reason
        // A person who aborts a look wants the release to go back, as with any other run.
        ?? (progress is { Outcome: DeploymentOutcome.Rejected, AbortReason: { } abort } && abort != RunExecutor.HostCancelled ? abort : null);

    /// <summary>Schedules the next look of an extended watch, or the way back. A look that had nothing to look at was the last.</summary>
    private static async Task WatchOnAsync(RunServices services, RunRecord ended, Runbook runbook, RunProgress progress)
    {
        string? found = Found(runbook, progress);
        RunRecord? deployment = await services.Store.FindRunAsync(WatchRuns.DeploymentOf(ended), CancellationToken.None);
        if (deployment is not { RunbookHash: { } hash } || !runbook.Steps.Any())
        {
            return;
        }

        ExtendedWatch? watch = (await ReadRunbookAsync(services.Store, hash, CancellationToken.None)).Watches?.FirstOrDefault(watch => watch.Target == ended.Targets[0].Target);
        await CreateOnceAsync(services, found is not null ? WatchRuns.Back(ended, found) : watch is null ? null : WatchRuns.Next(ended, JudgedUntil(ended, runbook, progress, watch), deployment, watch));
    }

    /// <summary>What a look could not tell of is looked at again by the next one, as far as sources may still remember.</summary>
    private static DateTimeOffset JudgedUntil(RunRecord ended, Runbook runbook, RunProgress progress, ExtendedWatch watch)
    {
        if (runbook.Steps.OfType<CheckStep>().Select(step => progress.Find(step.Id)).OfType<StepProgress>().FirstOrDefault() is not { } look)
        {
            return ended.EndedAt!.Value;
        }

        DateTimeOffset oldest = look.CheckedAt - (watch.Every * 6);
        return !look.LackedData ? look.CheckedAt : ended.CreatedAt > oldest ? ended.CreatedAt : oldest;
    }

    private static async Task CreateOnceAsync(RunServices services, RunRecord? scheduled)
    {
        if (scheduled is not null && await services.Store.FindRunAsync(scheduled.Id, CancellationToken.None) is null)
        {
            await services.Store.CreateRunAsync(scheduled, CancellationToken.None);
        }
    }

    private static async Task ScheduleAsync(RunServices services, RunRecord ended, Runbook runbook)
    {
        await SupersedeAsync(services, ended);
        for (int i = 0; i < runbook.FollowUps.Count; i++)
        {
            await CreateOnceAsync(services, Scheduled(ended, runbook.FollowUps[i], string.Create(CultureInfo.InvariantCulture, $"{ended.Id}-retire-{i + 1}")));
        }

        for (int i = 0; i < runbook.Watches?.Count; i++)
        {
            await CreateOnceAsync(services, WatchRuns.First(ended, runbook.Watches[i], i + 1));
        }
    }

    /// <summary>Nothing was changed, and what was to be done still is: a target that was busy, or a host that stopped, must not make it forgotten.</summary>
    private static async Task TryAgainLaterAsync(RunServices services, RunRecord rejected)
    {
        int tries = rejected.Id.LastIndexOf("-try-", StringComparison.Ordinal) is > 0 and int at && int.TryParse(rejected.Id[(at + 5)..], NumberStyles.None, CultureInfo.InvariantCulture, out int last) ? last : 1;
        string id = string.Create(CultureInfo.InvariantCulture, $"{(tries == 1 ? rejected.Id : rejected.Id[..rejected.Id.LastIndexOf("-try-", StringComparison.Ordinal)])}-try-{tries + 1}");
        if (await services.Store.FindRunAsync(id, CancellationToken.None) is null)
        {
            await services.Store.CreateRunAsync(
                rejected with { Id = id, State = RunState.Scheduled, Outcome = null, Reason = null, EndedAt = null, RunbookHash = null, Build = null, CreatedAt = rejected.Kind == RunKind.Watch ? rejected.CreatedAt : rejected.EndedAt!.Value, DueAt = rejected.EndedAt!.Value + Again },
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
            bool isWatch = scheduled.Kind is RunKind.Watch or RunKind.RollBack && ended.Kind != RunKind.Retire && scheduled.Targets.All(target => concerned.Any(other => other.Item1 == target.Target));
            if (!own && alike && scheduled.CreatedAt <= ended.EndedAt && scheduled.State == RunState.Scheduled && (isRetirement || isWatch))
            {
                await CancelScheduledAsync(services, scheduled, $"Superseded by run {ended.Id}.");
            }
        }
    }
}
