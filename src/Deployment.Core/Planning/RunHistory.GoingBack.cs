using Deployment.Execution;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Planning;

// What there is to go back from, and to what.
internal sealed partial class RunHistory
{
    /// <summary>For a service: the last run that changed what its users have, by a release or by a resource such as a flag, and that nobody went back from; null when there is none.</summary>
    /// <exception cref="DeploymentException">What they have was brought by no success, so nobody knows what to take back.</exception>
    internal async Task<ServiceChange?> LastChangeAsync(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, Observation> seen = await ObserveAsync(RunKind.RollBack, cancellationToken);
        IReadOnlyList<RunRecord> runs = await RunsAsync(cancellationToken);
        RevisionId[] live = LiveOf(seen.Values);
        RunRecord? top = ReleaseStack.Top(runs, live);
        if (top is null && live.Length > 0)
        {
            throw new DeploymentException($"{string.Join<RevisionId>(", ", live)} is live, and no deployment of '{pipeline.Name}' brought it with success: a run that ended NeedsAttention or PartlySucceeded did, or somebody by hand. So nobody knows which deployment to take back. Deploy the releases that you want.");
        }

        RunRecord? opened = GoesBackInPlace(seen) ? await OpenedAsync([.. runs.Reverse().TakeWhile(run => run.Id != top?.Id)], cancellationToken) : null;
        return opened switch
        {
            { Outcome: not DeploymentOutcome.Succeeded } => throw new DeploymentException($"Run {opened.Id} ended as {opened.Outcome} and left {string.Join(", ", pipeline.Resources.Select(resource => resource.Name))} of {pipeline.Service} as it isn't without it. So nobody knows which deployment to take back. Set it as it should be by hand, or deploy the releases that you want."),
            not null => new ServiceChange(opened, InPlace: true),
            null => top is null ? null : new ServiceChange(top, InPlace: false),
        };
    }

    /// <summary>Which of these, the last one first, changed a resource of the service and was not gone back from.</summary>
    private async Task<RunRecord?> OpenedAsync(IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken)
    {
        foreach (RunRecord run in runs.Where(run => run.RunbookHash is not null && run.Outcome is DeploymentOutcome.Succeeded or DeploymentOutcome.PartlySucceeded or DeploymentOutcome.NeedsAttention))
        {
            Runbook runbook = await RunStorage.ReadRunbookAsync(store, run.RunbookHash!, cancellationToken);
            bool changed = runbook.Steps.OfType<EffectStep>().Any(step => pipeline.Resources.Any(resource => resource.Name == step.Operation.Target));
            if (changed && run.Kind == RunKind.Deploy)
            {
                return run;
            }

            if (changed && run.Outcome == DeploymentOutcome.Succeeded)
            {
                return null;
            }
        }

        return null;
    }

    private bool GoesBackInPlace(IReadOnlyDictionary<string, Observation> seen) => pipeline.Strategy.GoesBackInPlace([.. pipeline.Resources.Select(resource => seen[resource.Name])]);

    /// <summary>For a service whose last change brought no release: each target keeps what it has.</summary>
    /// <param name="last">The run that is taken back.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task<PlanningInput> RollBackInPlaceInputAsync(RunRecord last, CancellationToken cancellationToken) =>
        await InPlaceAsync(await RunsAsync(cancellationToken), await ObserveAsync(RunKind.RollBack, cancellationToken), cancellationToken)
        ?? throw new DeploymentException($"Run {last.Id} opened what {string.Join(", ", pipeline.Resources.Select(resource => resource.Name))} says, and the targets of {pipeline.Service} don't all serve one release that history knows. So nobody knows what would stay. Set it back by hand, or deploy the releases that you want.");

    /// <summary>Whether something was live before what is live.</summary>
    internal async Task<bool> HasBelowAsync(CancellationToken cancellationToken) =>
        ReleaseStack.Below(await RunsAsync(cancellationToken), LiveOf((await ObserveAsync(RunKind.RollBack, cancellationToken)).Values)) is not null;

    internal async Task<PlanningInput> RollBackInputAsync(string? version, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunRecord> runs = await RunsAsync(cancellationToken);
        IReadOnlyDictionary<string, Observation> seen = await ObserveAsync(RunKind.RollBack, cancellationToken);
        // The services of a deployment go back to what each had before; a flag that is open is closed on the way.
        if (version is null && pipeline.Service is null && await InPlaceAsync(runs, seen, cancellationToken) is { } inPlace)
        {
            return inPlace;
        }

        RevisionId[] live = LiveOf(seen.Values);
        RunRecord? goal = version is null ? ReleaseStack.Below(runs, live) : runs.LastOrDefault(run => ReleaseStack.Brought(run) && run.Version == version);
        if (goal is null)
        {
            throw new DeploymentException(version is null
                ? $"The pipeline '{pipeline.Name}' has no earlier release to go back to in {pipeline.Environment}: {(live.Length == 0 ? "nothing" : string.Join(", ", live.Select(id => id.ToString())))} is live and nothing was before it. Name a version to bring another one."
                : $"The pipeline '{pipeline.Name}' never brought version '{Naming.Printable(version)}' to {pipeline.Environment} with success.");
        }

        Runbook runbook = await RunStorage.ReadRunbookAsync(store, goal.RunbookHash!, cancellationToken);
        return await InputAsync(RunKind.RollBack, runbook.ReleaseOf(pipeline.Service)!, runs, goal, cancellationToken);
    }

    /// <summary>Going back from one deployment, where what it brought still takes traffic; null where nothing of it does.</summary>
    /// <param name="deployment">The run, which has ended.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">Somebody changed since what it brought, or nothing was before it.</exception>
    internal async Task<PlanningInput?> RollBackFromInputAsync(RunRecord deployment, string? reason, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunRecord> runs = await RunsAsync(cancellationToken);
        if (runs.FirstOrDefault(run => run.Id == deployment.Id) is not { } own)
        {
            return null;
        }

        IReadOnlyDictionary<string, Observation> seen = await ObserveAsync(RunKind.RollBack, cancellationToken);
        HashSet<string> still = [.. own.Targets
            .Where(target => target is { Trial: false, Candidate: { } brought } && pipeline.Targets.Any(known => known.Name == target.Target) && seen[target.Target].Traffic.ShareOf(brought) > 0)
            .Select(target => target.Target)];
        if (still.Count == 0)
        {
            return null;
        }

        RunRecord[] after = [.. runs.Reverse().TakeWhile(run => run.Id != own.Id)];
        if (after.FirstOrDefault(run => Changed(run) && run.Targets.Any(target => still.Contains(target.Target))) is { } newer)
        {
            throw new NoWayBackException($"Run {newer.Id} ({newer.Kind}, {newer.Outcome}) changed {string.Join(", ", still.Order(StringComparer.Ordinal))} after run {own.Id}. Decide which release users should have, and deploy it.");
        }

        PlanningInput input = await InPlaceFromAsync(own, [.. after, own], runs, seen, cancellationToken) ?? await BelowInputAsync(own, runs, cancellationToken);
        return input with { Reason = reason, Only = still.Count < pipeline.Targets.Count ? still : null };
    }

    /// <summary>Whether a run that has ended left something else than it found, as far as is known.</summary>
    private static bool Changed(RunRecord run) =>
        run is { Kind: RunKind.Deploy or RunKind.RollBack, RunbookHash: not null, Outcome: DeploymentOutcome.Succeeded or DeploymentOutcome.PartlySucceeded or DeploymentOutcome.NeedsAttention };

    /// <summary>A deployment that opened a flag goes back by closing it. In a service only the one that opened it does.</summary>
    private async Task<PlanningInput?> InPlaceFromAsync(RunRecord deployment, IReadOnlyList<RunRecord> lastFirst, IReadOnlyList<RunRecord> runs, IReadOnlyDictionary<string, Observation> seen, CancellationToken cancellationToken) =>
        GoesBackInPlace(seen) && (pipeline.Service is null || (await OpenedAsync(lastFirst, cancellationToken))?.Id == deployment.Id)
            ? await InPlaceAsync(runs, seen, cancellationToken)
            : null;

    /// <summary>To what was live before a deployment.</summary>
    private async Task<PlanningInput> BelowInputAsync(RunRecord deployment, IReadOnlyList<RunRecord> runs, CancellationToken cancellationToken)
    {
        RunRecord goal = ReleaseStack.Before(runs, deployment)
            ?? throw new NoWayBackException($"Run {deployment.Id} brought the first release of {pipeline.Service ?? deployment.Application} to {pipeline.Environment}, so there is none to go back to. Deploy one that is well.");
        Runbook runbook = await RunStorage.ReadRunbookAsync(store, goal.RunbookHash!, cancellationToken);
        return await InputAsync(RunKind.RollBack, runbook.ReleaseOf(pipeline.Service)!, runs, goal, cancellationToken);
    }

    /// <summary>Going back where the live release stays: each target keeps what it has. Null where the strategy doesn't, or where it is not known to be one release.</summary>
    private async Task<PlanningInput?> InPlaceAsync(IReadOnlyList<RunRecord> runs, IReadOnlyDictionary<string, Observation> seen, CancellationToken cancellationToken)
    {
        var live = pipeline.Targets.ToDictionary(target => target.Name, target => seen[target.Name].Live(), StringComparer.Ordinal);
        if (live.Values.Any(id => id is null)
            || live.Values.Select(id => id!.Version).Distinct().Count() > 1
            || !GoesBackInPlace(seen)
            || await ReleaseOfAsync(runs, live.Values.First()!, cancellationToken) is not { } release)
        {
            return null;
        }

        PlanningInput input = await InputAsync(RunKind.RollBack, release, runs, null, cancellationToken);
        return input with { Standing = live.ToDictionary(target => target.Key, target => target.Value!, StringComparer.Ordinal) };
    }
}
