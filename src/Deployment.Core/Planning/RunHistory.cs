using Deployment.Execution;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Services;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Reads what planning needs to know of earlier runs. Ended runs are the history.</summary>
internal sealed class RunHistory(IDeploymentStore store, PipelineDefinition pipeline)
{
    internal async Task<IReadOnlyList<RunRecord>> RunsAsync(CancellationToken cancellationToken) =>
        [.. Own(await store.ListRunsAsync(cancellationToken))];

    /// <summary>A run as one service sees it; null when it did nothing there.</summary>
    private RunRecord? ForService(RunRecord run)
    {
        if (pipeline.Service is null)
        {
            return run;
        }

        RunTarget[] own = [.. run.Targets.Where(target => !target.LeftAlone && pipeline.Table.Find(target.Target) is { } known && (pipeline.Targets.Contains(known) || pipeline.Resources.Contains(known)))];
        return own.Length == 0 ? null : run with { Application = pipeline.Service, Targets = own, Version = own.Select(target => target.Candidate?.Version).FirstOrDefault(version => version is not null) };
    }

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

    /// <summary>What takes traffic of the application, which is a service.</summary>
    internal async Task<ServiceMove> RunningAsync(CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, Observation> seen = await ObserveAsync(RunKind.Retire, cancellationToken);
        return Move(seen, await ReleasesAsync(await RunsAsync(cancellationToken), seen.Values, cancellationToken), null);
    }

    /// <summary>The same of a service that gets a release.</summary>
    internal ServiceMove Move(PlanningInput input) => Move(input.Observations, input.Releases, input.Release);

    private ServiceMove Move(IReadOnlyDictionary<string, Observation> seen, IReadOnlyDictionary<RevisionId, Release> releases, Release? coming) => new(pipeline.Service!, Running(seen.Values, releases), coming)
    {
        Traffic = [.. pipeline.Targets.Select(target => new Fact(target.Name, Fact.Traffic, seen[target.Name].ValueOf(Fact.Traffic)))],
    };

    private static RunningVersion[] Running(IEnumerable<Observation> seen, IReadOnlyDictionary<RevisionId, Release> releases) =>
    [
        .. seen.SelectMany(target => target.Traffic.Shares.Select(share => share.Key)).DistinctBy(id => (id.Version, releases.GetValueOrDefault(id)))
            .Select(id => new RunningVersion(id.Version, releases.GetValueOrDefault(id))),
    ];

    internal RunRecord NewRecord(Runbook runbook, string id) => new()
    {
        Id = id,
        Kind = runbook.Kind,
        Pipeline = pipeline.Name,
        Environment = pipeline.Environment,
        Application = runbook.Application,
        Version = runbook.Release?.Version,
        Digest = runbook.Release?.Digest,
        Hotfix = runbook.Hotfix?.Reason,
        Targets = runbook.Targets,
        State = RunState.Running,
        // A run id begins with its time, so that the record needs no clock of its own.
        CreatedAt = RunIds.TimeOf(id),
    };

    internal async Task<PlanningInput> DeployInputAsync(Release release, RunOverrides? overrides, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunRecord> all = await store.ListRunsAsync(cancellationToken);
        PlanningInput input = await InputAsync(RunKind.Deploy, release, [.. Own(all)], null, cancellationToken);
        return input with { Overrides = overrides, Verdicts = ReleaseVerdicts.Of(all, release.Application) };
    }

    /// <summary>For a service: no policy, and no memory of what was rolled back.</summary>
    internal async Task<PlanningInput> InputAsync(Release release, CancellationToken cancellationToken) =>
        await InputAsync(RunKind.Deploy, release, await RunsAsync(cancellationToken), null, cancellationToken);

    internal async Task<ReleaseVerdicts> VerdictsAsync(Release release, CancellationToken cancellationToken) =>
        ReleaseVerdicts.Of(await store.ListRunsAsync(cancellationToken), release.Application);

    /// <summary>Whether a runbook that was planned before may still begin: the release may have been judged since.</summary>
    /// <exception cref="DeploymentValidationException">It may not.</exception>
    internal async Task PermitAsync(Runbook runbook, CancellationToken cancellationToken)
    {
        if (runbook is not { Kind: RunKind.Deploy, Release: { } release })
        {
            return;
        }

        bool isHotfix = runbook.Hotfix is not null;
        string[] errors = [.. PromotionRules.OfRelease(pipeline, release, isHotfix)
            .Concat(PromotionRules.OfHistory(pipeline, release, isHotfix, bad => bad.Id == runbook.RolledBack?.RunId, await VerdictsAsync(release, cancellationToken)))];
        if (errors.Length > 0)
        {
            throw new DeploymentValidationException($"The runbook {runbook.Hash[..12]}", errors);
        }
    }

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

    private static RevisionId[] LiveOf(IEnumerable<Observation> seen) => [.. seen.Select(target => target.Live()).OfType<RevisionId>().Distinct()];

    /// <summary>Plans for the targets where an ended run's release does not take all the traffic.</summary>
    /// <param name="run">The run.</param>
    /// <param name="overrides">Null for what that run was planned with, as far as it still answers what happened.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task<PlanningInput> RetryInputAsync(RunRecord run, RunOverrides? overrides, CancellationToken cancellationToken) =>
        await TryRetryInputAsync(run, overrides, cancellationToken)
        ?? throw new DeploymentException($"Nothing is left of run {run.Id}: {run.Application} {run.Version} takes all the traffic on each of its targets.");

    /// <summary>The same; null when nothing is left of it, or it brought nothing here.</summary>
    internal async Task<PlanningInput?> TryRetryInputAsync(RunRecord run, RunOverrides? overrides, CancellationToken cancellationToken)
    {
        if (run is not { State: RunState.Ended, Kind: RunKind.Deploy, RunbookHash: { } hash })
        {
            throw new DeploymentException($"Run {run.Id} is {run.State} ({run.Kind}); only a deployment that has ended can be tried again. Resume one that is open (ResumeAsync).");
        }

        Runbook runbook = await RunStorage.ReadRunbookAsync(store, hash, cancellationToken);
        if (runbook.ReleaseOf(pipeline.Service) is not { } release)
        {
            return null;
        }

        PlanningInput input = pipeline.Service is null ? await DeployInputAsync(release, overrides, cancellationToken) : await InputAsync(release, cancellationToken);
        if (overrides is null)
        {
            bool isSame = runbook.RolledBack is { } before && input.Verdicts.Of(pipeline.Environment, release.Digest)?.RolledBack?.Id == before.RunId;
            input = input with { Overrides = new RunOverrides { HotfixReason = runbook.Hotfix?.Reason, RolledBackReason = isSame ? runbook.RolledBack!.Reason : null } };
        }

        HashSet<string> left = [.. run.Targets
            .Where(target => !target.LeftAlone && pipeline.Targets.Any(known => known.Name == target.Target) && input.Observations.TryGetValue(target.Target, out Observation? seen) && (target.Candidate is null || seen.Traffic.ShareOf(target.Candidate) < 100))
            .Select(target => target.Target)];
        return left.Count > 0 ? input with { Only = left } : null;
    }

    internal async Task<PlanningInput> RetirementInputAsync(RunRecord scheduled, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunRecord> runs = await RunsAsync(cancellationToken);
        RunTarget target = scheduled.Targets[0];
        Release release = await ReleaseOfAsync(runs, target.Previous!, cancellationToken)
            ?? throw new DeploymentException($"History doesn't know what {target.Previous} was made of, so run {scheduled.Id} can't say how its removal would be undone. Remove it by hand.");
        return await InputAsync(RunKind.Retire, release, runs, scheduled, cancellationToken);
    }

    /// <summary>Plans a look of an extended watch.</summary>
    internal async Task<Runbook> PlanWatchAsync(RunRecord scheduled, CancellationToken cancellationToken)
    {
        string id = WatchRuns.DeploymentOf(scheduled);
        RunRecord deployment = await store.FindRunAsync(id, cancellationToken)
            ?? throw new DeploymentException($"Run {scheduled.Id} watches what run {id} brought, and there is no such run.");
        Runbook runbook = await RunStorage.ReadRunbookAsync(store, deployment.RunbookHash!, cancellationToken);
        string target = scheduled.Targets[0].Target;
        IReadOnlyDictionary<string, Observation> seen = await Observer.ObserveAsync(pipeline.Table, [target], cancellationToken);
        return WatchPlanner.Plan(pipeline, scheduled, runbook, await RecordedAsync(deployment, runbook, target, cancellationToken), seen[target]);
    }

    private async Task<string?> RecordedAsync(RunRecord deployment, Runbook runbook, string target, CancellationToken cancellationToken)
    {
        if (runbook.Steps.OfType<CheckStep>().FirstOrDefault(step => step.Check == pipeline.Recording?.Name && step.Subject.Target == target) is not { } recording)
        {
            return null;
        }

        var progress = new RunProgress();
        (await JournalCodec.ReadAsync(store, deployment.Id, cancellationToken)).Entries.ForEach(progress.Apply);
        return progress.Find(recording.Id)?.Record;
    }

    private async Task<PlanningInput> InputAsync(RunKind kind, Release release, IReadOnlyList<RunRecord> runs, RunRecord? goal, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, Observation> seen = await ObserveAsync(kind, cancellationToken);
        var standing = new Dictionary<string, RevisionId>(StringComparer.Ordinal);
        foreach (RunTarget target in goal?.Targets ?? [])
        {
            RevisionId? wanted = kind == RunKind.Retire ? target.Previous : target.Candidate;
            if (wanted is not null && seen.TryGetValue(target.Target, out Observation? observation) && observation.Stands(wanted))
            {
                standing[target.Target] = wanted;
            }
        }

        return new PlanningInput
        {
            Kind = kind,
            Release = release,
            Observations = seen,
            Standing = standing,
            Releases = await ReleasesAsync(runs, seen.Values, cancellationToken),
            LastAttempts = runs.SelectMany(run => run.Targets).SelectMany(target => new[] { target.Candidate, target.Baseline }).OfType<RevisionId>()
                .GroupBy(id => (id.Application, id.Version, id.Role))
                .ToDictionary(same => same.Key, same => same.Max(id => id.Attempt)),
        };
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

    /// <summary>Removing an old revision touches no resource, so none needs to be reachable for it.</summary>
    private Task<IReadOnlyDictionary<string, Observation>> ObserveAsync(RunKind kind, CancellationToken cancellationToken) =>
        Observer.ObserveAsync(pipeline.Table, pipeline.Targets.Concat(kind == RunKind.Retire ? [] : pipeline.Resources).Select(target => target.Name), cancellationToken);

    private async Task<IReadOnlyDictionary<RevisionId, Release>> ReleasesAsync(IReadOnlyList<RunRecord> runs, IEnumerable<Observation> seen, CancellationToken cancellationToken)
    {
        var releases = new Dictionary<RevisionId, Release>();
        foreach (RevisionId live in seen.SelectMany(observation => observation.Traffic.Shares.Select(share => share.Key).Concat(observation.Slots.Revisions)).Distinct())
        {
            if (await ReleaseOfAsync(runs, live, cancellationToken) is { } release)
            {
                releases[live] = release;
            }
        }

        return releases;
    }

    private async Task<Release?> ReleaseOfAsync(IReadOnlyList<RunRecord> runs, RevisionId revision, CancellationToken cancellationToken) =>
        Bringer(runs, revision) is { RunbookHash: { } hash }
            ? (await RunStorage.ReadRunbookAsync(store, hash, cancellationToken)).ReleaseOf(pipeline.Service)
            : null;

    private IEnumerable<RunRecord> Own(IEnumerable<RunRecord> all) =>
        all.Where(run => run.Pipeline == pipeline.Name && run.Environment == pipeline.Environment).Select(ForService).OfType<RunRecord>();

    private static RunRecord? Bringer(IReadOnlyList<RunRecord> runs, RevisionId revision) =>
        runs.LastOrDefault(run => run.RunbookHash is not null && run.Targets.Any(target => target.Candidate == revision));
}
