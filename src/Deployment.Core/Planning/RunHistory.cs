using Deployment.Execution;
using Deployment.Migrations;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Services;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Reads what planning needs to know of earlier runs. Ended runs are the history.</summary>
internal sealed partial class RunHistory(IDeploymentStore store, PipelineDefinition pipeline)
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

        RunTarget[] own = [.. run.Targets.Where(target => !target.LeftAlone && pipeline.Table.Find(target.Target) is { } known && (pipeline.Targets.Contains(known) || pipeline.Resources.Contains(known) || pipeline.Databases.Contains(known)))];
        return own.Length == 0 ? null : run with { Application = pipeline.Service, Targets = own, Version = run.Kind == RunKind.Contract ? run.Version : own.Select(target => target.Candidate?.Version).FirstOrDefault(version => version is not null) };
    }

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
        Release pinned = await PinnedAsync(release, cancellationToken);
        IReadOnlyList<RunRecord> all = await store.ListRunsAsync(cancellationToken);
        PlanningInput input = await InputAsync(RunKind.Deploy, pinned, [.. Own(all)], null, cancellationToken);
        return input with { Overrides = overrides, Verdicts = ReleaseVerdicts.Of(all, pinned.Application) };
    }

    /// <summary>For a service: no policy, and no memory of what was rolled back.</summary>
    internal async Task<PlanningInput> InputAsync(Release release, CancellationToken cancellationToken) =>
        await InputAsync(RunKind.Deploy, await PinnedAsync(release, cancellationToken), await RunsAsync(cancellationToken), null, cancellationToken);

    /// <summary>The release with an artifact whose name can't move any more. What a target refuses is an error of the plan, not of this.</summary>
    private async Task<Release> PinnedAsync(Release release, CancellationToken cancellationToken) =>
        release with { Artifact = await ArtifactPins.PinAsync(pipeline.Targets, release.Artifact, cancellationToken) };

    internal async Task<ReleaseVerdicts> VerdictsAsync(Release release, CancellationToken cancellationToken) =>
        ReleaseVerdicts.Of(await store.ListRunsAsync(cancellationToken), release.Application);

    /// <summary>Whether a runbook that was planned before may still begin: the release may have been judged since.</summary>
    /// <exception cref="DeploymentValidationException">It may not.</exception>
    internal async Task PermitAsync(Runbook runbook, CancellationToken cancellationToken)
    {
        await PermitSchemaAsync(runbook, cancellationToken);
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

    /// <summary>The same of what was taken out of schemas since.</summary>
    /// <exception cref="DeploymentValidationException">It may not.</exception>
    internal async Task PermitSchemaAsync(Runbook runbook, CancellationToken cancellationToken)
    {
        if (runbook.Kind is RunKind.Deploy or RunKind.RollBack && runbook.ReleaseOf(pipeline.Service) is { } release
            && ContractRuns.Refusal(Contracted(await RunsAsync(cancellationToken)), release.Version) is { } refusal)
        {
            throw new DeploymentValidationException($"The runbook {runbook.Hash[..12]}", [refusal]);
        }
    }

    /// <summary>One that ended half way took something away as well.</summary>
    private static RunRecord[] Contracted(IReadOnlyList<RunRecord> runs) =>
        [.. runs.Where(run => run is { Kind: RunKind.Contract, Outcome: DeploymentOutcome.Succeeded or DeploymentOutcome.PartlySucceeded or DeploymentOutcome.NeedsAttention })];

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

    /// <summary>Looks whether a contract that is due can be carried out, and plans it.</summary>
    internal async Task<DueContract> PlanContractAsync(RunRecord scheduled, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string id = ContractRuns.DeploymentOf(scheduled);
        RunRecord deployment = await store.FindRunAsync(id, cancellationToken)
            ?? throw new DeploymentException($"Run {scheduled.Id} contracts for what run {id} brought, and there is no such run.");
        Runbook runbook = await RunStorage.ReadRunbookAsync(store, deployment.RunbookHash!, cancellationToken);
        PlannedContract contract = runbook.Contracts?.ElementAtOrDefault(ContractRuns.IndexOf(scheduled))
            ?? throw new DeploymentException($"Run {id} left no such contract as run {scheduled.Id} is made for.");
        IReadOnlyDictionary<string, Observation> seen = await Observer.ObserveAsync(pipeline.Table, [contract.Database, .. contract.Targets], cancellationToken);
        return ContractPlanner.Plan(pipeline, scheduled, contract, await RunsAsync(cancellationToken), seen, now);
    }

    /// <summary>Looks whether migrations can be undone, and plans it.</summary>
    internal async Task<Runbook> PlanUndoAsync(string database, IReadOnlyCollection<string> migrations, CancellationToken cancellationToken)
    {
        var resource = (MigrationResource?)pipeline.Databases.FirstOrDefault(known => known.Name == database)
            ?? throw new DeploymentException($"The pipeline '{pipeline.Name}' migrates no '{Naming.Printable(database)}'.");
        IReadOnlyDictionary<string, Observation> seen = await Observer.ObserveAsync(pipeline.Table, pipeline.Targets.Select(target => target.Name).Append(database), cancellationToken);
        IReadOnlyList<RunRecord> runs = await RunsAsync(cancellationToken);
        var bringers = new Dictionary<string, MigrationBringer>(StringComparer.Ordinal);
        foreach (RunRecord run in runs.Reverse().Where(run => run is { Kind: RunKind.Deploy, RunbookHash: not null, Outcome: not DeploymentOutcome.Rejected } && bringers.Count < migrations.Count))
        {
            Runbook runbook = await RunStorage.ReadRunbookAsync(store, run.RunbookHash!, cancellationToken);
            HashSet<string> changed = [.. runbook.Steps.OfType<EffectStep>().SelectMany(step => step.Changes).Where(change => change.Target == database).Select(change => change.Name)];
            foreach (string id in migrations.Where(id => changed.Contains(Fact.OfMigration(id))))
            {
                bringers.TryAdd(id, new MigrationBringer(run.Id, runbook.ReleaseOf(pipeline.Service)?.Version));
            }
        }

        return MigrationUndoPlanner.Plan(pipeline, resource, migrations, bringers, runs, seen);
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
            Changes = kind == RunKind.Deploy ? await ExpectedChanges.OfAsync(pipeline.Targets, release, seen, cancellationToken) : [],
            Standing = standing,
            Contracted = kind == RunKind.Retire ? [] : Contracted(runs),
            Releases = await ReleasesAsync(runs, seen.Values, cancellationToken),
            LastAttempts = runs.SelectMany(run => run.Targets).SelectMany(target => new[] { target.Candidate, target.Baseline }).OfType<RevisionId>()
                .GroupBy(id => (id.Application, id.Version, id.Role))
                .ToDictionary(same => same.Key, same => same.Max(id => id.Attempt)),
        };
    }

    /// <summary>Removing an old revision touches no resource, so none needs to be reachable for it; nor does a database for going back, which leaves it as it is.</summary>
    private Task<IReadOnlyDictionary<string, Observation>> ObserveAsync(RunKind kind, CancellationToken cancellationToken) =>
        Observer.ObserveAsync(pipeline.Table, pipeline.Targets.Concat(kind == RunKind.Retire ? [] : pipeline.Resources).Concat(kind == RunKind.Deploy ? pipeline.Databases : []).Select(target => target.Name), cancellationToken);

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
