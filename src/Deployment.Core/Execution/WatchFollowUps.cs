using Deployment.Analysis;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>What follows on a deployment that is watched on, and on each look at it: the next look, or the way back. All of it can be done again.</summary>
internal static class WatchFollowUps
{
    /// <summary>Schedules the first look after a deployment's success.</summary>
    internal static async Task BeginAsync(RunServices services, RunRecord ended, Runbook runbook, RunProgress progress)
    {
        if (runbook.Watches is not { Count: > 0 } watches)
        {
            return;
        }

        var recorded = runbook.Steps.OfType<CheckStep>()
            .Where(step => services.Checks.GetValueOrDefault(step.Check) is BaselineCheck)
            .GroupBy(step => step.Subject.Target, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => progress.Find(same.First().Id)?.Record, StringComparer.Ordinal);
        Dictionary<string, RevisionId?> before = runbook.Targets.ToDictionary(target => target.Target, target => target.Previous, StringComparer.Ordinal);
        int looks = WatchCount.OfLook(runbook);
        DateTimeOffset end = ended.EndedAt!.Value;
        await ScheduleAsync(services, ended, 1, new WatchedDeployment
        {
            Deployment = ended.Id,
            Alerts = AlertsOf(progress, before: null, isWhole: true),
            Targets =
            [
                .. watches.Select(watch => new WatchedTarget
                {
                    Target = watch.Target,
                    Revision = watch.Revision,
                    Before = before.GetValueOrDefault(watch.Target),
                    Recorded = recorded.GetValueOrDefault(watch.Target),
                    Watches = looks,
                    Every = watch.Every,
                    Ends = end + watch.For,
                    Since = end,
                    Due = end + watch.Every,
                }),
            ],
        });
        await HeedLateReportsAsync(services, ended, runbook, progress);
    }

    /// <summary>Whether a report makes a deployment go back without asking a person.</summary>
    internal static bool GoesBack(Signal signal) =>
        signal is { Kind: SignalKind.Report, Incident: IncidentKind.SecurityExposure or IncidentKind.DataCorruption or IncidentKind.CriticalFunctionBroken };

    /// <summary>What was reported, as a reason.</summary>
    internal static string Reported(Signal report) => $"{report.Incident} reported by {report.By}: {report.Reason}";

    /// <summary>A report that the run took when it was done, or never read, is one about what is watched on. Those before were decided about in the run.</summary>
    internal static async Task HeedLateReportsAsync(RunServices services, RunRecord ended, Runbook runbook, RunProgress progress)
    {
        if (runbook.Watches is not { Count: > 0 } || progress.Outcome is not (DeploymentOutcome.Succeeded or DeploymentOutcome.PartlySucceeded))
        {
            return;
        }

        long heard = progress.LateReport is { } late ? late - 1 : progress.LastSignal;
        if ((await services.Store.ReadSignalsAsync(ended.Id, heard, CancellationToken.None)).FirstOrDefault(signal => GoesBack(signal.Signal)) is { } report)
        {
            await RunStorage.CreateOnceAsync(services, WatchRuns.Back(ended.Id, ended, ended.EndedAt!.Value, Reported(report.Signal)));
        }
    }

    /// <summary>Schedules the next look, or the way back. Where a look's plan has no target any more the watch is over.</summary>
    internal static async Task GoOnAsync(RunServices services, RunRecord ended, Runbook runbook, RunProgress progress)
    {
        HashSet<string> disturbed = await DisturbedAsync(services, ended, runbook, progress);
        if (Found(ended, runbook, progress, disturbed) is { } found)
        {
            await RunStorage.CreateOnceAsync(services, WatchRuns.Back(WatchRuns.DeploymentOf(ended), ended, ended.EndedAt!.Value, found));
            return;
        }

        HashSet<string> still = [.. runbook.Targets.Select(target => target.Target)];
        Dictionary<string, StepProgress?> looks = runbook.Steps.OfType<CheckStep>().ToDictionary(step => step.Subject.Target, step => Judged(progress.Find(step.Id)), StringComparer.Ordinal);
        WatchedDeployment watched = await WatchedDeployment.ReadAsync(services.Store, ended, CancellationToken.None);
        DateTimeOffset end = ended.EndedAt!.Value;
        WatchedTarget[] next = [.. watched.Targets.Where(target => still.Contains(target.Target) && GoesOn(target, looks.GetValueOrDefault(target.Target), end)).Select(target => After(target, looks.GetValueOrDefault(target.Target), end))];
        if (next.Length > 0)
        {
            await ScheduleAsync(services, ended, WatchRuns.LookOf(ended) + 1, watched with { Targets = next, Alerts = AlertsOf(progress, watched.Alerts, isWhole: next.All(target => looks.GetValueOrDefault(target.Target) is not null)) });
        }
    }

    /// <summary>Why a look wants the deployment to go back; null when it doesn't.</summary>
    /// <param name="look">The look.</param>
    /// <param name="runbook">What it followed.</param>
    /// <param name="progress">How far it came.</param>
    /// <param name="disturbed">The targets where what it found may come from another run; null for none.</param>
    internal static string? Found(RunRecord look, Runbook runbook, RunProgress progress, HashSet<string>? disturbed = null) => runbook.Steps.OfType<CheckStep>()
        .Where(step => disturbed?.Contains(step.Subject.Target) != true)
        .Select(step => progress.Find(step.Id) is { Status: StepStatus.Failed } failed ? $"Run {look.Id} found on {step.Subject.Target}: {failed.Reason}" : null)
        .FirstOrDefault(found => found is not null)
        // A person who aborts a look wants the release to go back, as with any other run.
        ?? (progress is { Outcome: DeploymentOutcome.Rejected, AbortReason: { } abort } && abort != RunExecutor.HostCancelled ? $"Run {look.Id} was aborted: {abort}" : null);

    /// <summary>Who was told of an alert isn't told again as long as each look finds it.</summary>
    /// <param name="progress">The look's, or the deployment's.</param>
    /// <param name="before">Of what was told before it; null for nothing.</param>
    /// <param name="isWhole">Whether all targets were looked at: else what was not found may still be there.</param>
    private static string[]? AlertsOf(RunProgress progress, IReadOnlyList<string>? before, bool isWhole)
    {
        IReadOnlySet<string> noted = progress.NotedAlerts;
        string[] alerts = [.. progress.ToldAlerts.Concat(before ?? []).Where(alert => !isWhole || noted.Contains(alert)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return alerts.Length > 0 ? alerts : null;
    }

    /// <summary>Where something was found, and another run holds the target or changed it since the look began there: nobody knows what users had.</summary>
    private static async Task<HashSet<string>> DisturbedAsync(RunServices services, RunRecord look, Runbook runbook, RunProgress progress)
    {
        var disturbed = new HashSet<string>(StringComparer.Ordinal);
        Dictionary<string, DateTimeOffset> found = new(StringComparer.Ordinal);
        foreach (CheckStep step in runbook.Steps.OfType<CheckStep>())
        {
            if (progress.Find(step.Id) is { Status: StepStatus.Failed } failed)
            {
                found[step.Subject.Target] = failed.CheckedAt;
            }
        }

        if (found.Count == 0)
        {
            return disturbed;
        }

        // Claims first: a run that ends in between is in the list that is read after them.
        IReadOnlyList<Claim> claims = await services.Store.ListClaimsAsync(CancellationToken.None);
        IReadOnlyList<RunRecord> runs = await services.Store.ListRunsAsync(CancellationToken.None);
        var ended = runs.Where(run => run.State == RunState.Ended).ToDictionary(run => run.Id, StringComparer.Ordinal);
        disturbed.UnionWith(claims.Where(claim => !ended.ContainsKey(claim.RunId)).Select(claim => claim.Target));
        disturbed.UnionWith(ended.Values
            .Where(run => run is { Kind: RunKind.Deploy or RunKind.RollBack, RunbookHash: not null, EndedAt: not null } && run.Id != WatchRuns.DeploymentOf(look))
            .SelectMany(run => run.Targets.Where(target => found.TryGetValue(target.Target, out DateTimeOffset since) && run.EndedAt >= since).Select(target => target.Target)));
        disturbed.IntersectWith(found.Keys);
        return disturbed;
    }

    /// <summary>A look that another one's finding ended, or whose own finding doesn't count, has judged nothing.</summary>
    private static StepProgress? Judged(StepProgress? look) => look is { Status: StepStatus.Succeeded } ? look : null;

    /// <summary>Until its time is over; and where it could not be looked at until a look went over that time, as long as sources may still remember.</summary>
    private static bool GoesOn(WatchedTarget target, StepProgress? look, DateTimeOffset end) =>
        end < target.Ends || (look is null or { LackedData: true } && target.Since < target.Ends && end < target.LastChance);

    /// <summary>What a look could not tell of is looked at again by the next one, as far as sources may still remember.</summary>
    private static WatchedTarget After(WatchedTarget target, StepProgress? look, DateTimeOffset end)
    {
        DateTimeOffset due = look is not null || target.Due <= end ? end + target.Every : target.Due;
        if (look is null)
        {
            return target with { Due = due };
        }

        DateTimeOffset oldest = look.CheckedAt - (target.Every * WatchedTarget.MostTimes);
        return target with { Due = due, Since = !look.LackedData ? Later(target.Since, look.JudgedUntil ?? look.CheckedAt) : Later(target.Since, oldest) };
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static async Task ScheduleAsync(RunServices services, RunRecord like, int look, WatchedDeployment watched) =>
        await RunStorage.CreateOnceAsync(services, WatchRuns.Look(like, look, watched, await watched.KeepAsync(services.Store)));
}
