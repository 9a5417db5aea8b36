using Deployment.Analysis;
using Deployment.Health;
using Deployment.Json;
using Deployment.Migrations;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Makes a runbook from what was observed. Pure: the same input gives the same runbook and the same hash.</summary>
internal static class Planner
{
    internal static Runbook Plan(PipelineDefinition pipeline, PlanningInput input)
    {
        bool isHotfix = input is { Kind: RunKind.Deploy, Overrides.HotfixReason: not null };
        List<string> errors = input.Kind == RunKind.Deploy ? [.. Refusals(pipeline, input, isHotfix)] : [];
        IReadOnlyList<MomentBinding> bindings = isHotfix ? [.. pipeline.Bindings.Where(binding => PolicyGates.Stays(pipeline, binding))] : pipeline.Bindings;
        WatchCheck? watch = input.Kind == RunKind.Deploy ? pipeline.Watch : null;
        var moments = new MomentTable([.. bindings.Where(binding => binding.Moment != Moment.Start)], watch);
        DeploymentTarget[] targets = [.. pipeline.Targets.Where(target => input.Only?.Contains(target.Name) ?? true)];
        var migrations = new MigrationPlan(pipeline.Migrations, input);
        var scope = new PlanningScope(pipeline.Table, input.Observations, moments) { IsHotfix = isHotfix, Watch = watch, CompletesTogether = targets.Length > 1 || migrations.HasAfter };
        foreach (string what in isHotfix ? PolicyGates.LeftOut(pipeline, input) : [])
        {
            scope.LeaveOut(what);
        }

        List<StrategyContext> contexts = [.. targets.Select(target => ContextOf(pipeline, input, target, errors))];
        TargetChanges[] changes = [.. input.Changes.Where(changes => contexts.Any(context => context.Target == changes.Target))];
        errors.AddRange(changes.SelectMany(change => change.Problems));
        errors.AddRange(pipeline.Resources.SelectMany(resource => input.Observations[resource.Name].Problems));
        errors.AddRange(migrations.Problems);
        if (ContractRuns.Refusal(input.Contracted, input.Release.Version) is { } contracted)
        {
            errors.Add(contracted);
        }

        ThrowIfAny(pipeline, input, errors);

        var root = new RunbookBuilder(pipeline.Service ?? "", scope);
        PolicyGates.Place(pipeline, input, [.. bindings.Where(binding => binding.Moment == Moment.Start)], root, SubjectOf(contexts[0]), isHotfix);
        if (watch is not null && pipeline.Sources is { } sources && sources.IsNeeded(SubjectOf(contexts[0])))
        {
            root.Check(sources, SubjectOf(contexts[0]), Phase.Readiness, sources.OnFailure(isHotfix), Moment.Start);
        }

        migrations.PlaceBefore(root);
        pipeline.Strategy.PlanAll(
            new PipelineContext(input.Kind, contexts, input.Observations, runbook => PlanTargets(pipeline, contexts, runbook, scope), errors),
            root);
        migrations.PlaceAfter(root);
        if (scope.Complete.Count > 0)
        {
            moments.Complete([.. scope.Complete.Values], root);
        }

        errors.AddRange(scope.Errors.Distinct());
        // Users who wait for a hotfix get it with what can be watched.
        errors.AddRange(isHotfix ? [] : scope.Judged.Never());
        // A strategy that lacks something plans nothing; that its moments are missing says nothing new.
        ThrowIfAny(pipeline, input, errors);
        errors.AddRange(contexts.SelectMany(context => moments.NotPlaced(context.Target)).Select(binding => binding.Name).Distinct()
            .Select(name => $"The strategy '{pipeline.Strategy.Name}' has no place for '{name}': it passes no moment at or after the one it is bound to."));
        ExtendedWatch[]? watches = ExtendedWatches.Of(pipeline, input, contexts, scope, errors);
        ThrowIfAny(pipeline, input, errors);
        return Compose(pipeline, input, contexts, changes, scope, migrations, watches, pipeline.Service is null ? GoNoGo.Insert(root.Build()) : root.Build());
    }

    private static IEnumerable<string> Refusals(PipelineDefinition pipeline, PlanningInput input, bool isHotfix) =>
        PromotionRules.OfRelease(pipeline, input.Release, isHotfix)
            .Concat(PromotionRules.OfHistory(pipeline, input.Release, isHotfix, _ => input.Overrides?.RolledBackReason is not null, input.Verdicts));

    private static StrategyContext ContextOf(PipelineDefinition pipeline, PlanningInput input, DeploymentTarget target, List<string> errors)
    {
        Observation seen = input.Observations[target.Name];
        errors.AddRange(seen.Problems);
        if (target.Refuses(input.Release.Artifact) is { } refusal)
        {
            errors.Add(refusal);
        }

        Revision? current = seen.Live() is { } live && input.Releases.TryGetValue(live, out Release? release) ? new Revision(live, release) : null;
        RevisionId id = input.Standing.GetValueOrDefault(target.Name)
            ?? (pipeline.Strategy.KeepsLive && current is not null && IsSame(current.Release, input.Release) ? current.Id : NextAttempt(input, seen, input.Release, RevisionRole.Release));
        return new StrategyContext(pipeline.Strategy.Name, target, seen, new Revision(id, input.Release), errors)
        {
            Kind = input.Kind,
            IsHotfix = input is { Kind: RunKind.Deploy, Overrides.HotfixReason: not null },
            Current = current,
            Releases = input.Releases,
            NextBaseline = current is null ? null : new Revision(NextAttempt(input, seen, current.Release, RevisionRole.Baseline), current.Release),
            // Looked at only for an error's words: a list for each of many targets would be the square of them.
            Others = pipeline.Targets.Where(other => other != target).Select(other => (other, input.Observations[other.Name])),
        };
    }

    /// <summary>What people wrote about a release makes it no other.</summary>
    private static bool IsSame(Release one, Release other) =>
        CanonicalJson.Of(one with { Notes = null, Tag = null }, CoreJson.Default.Release).AsSpan().SequenceEqual(CanonicalJson.Of(other with { Notes = null, Tag = null }, CoreJson.Default.Release));

    private static RevisionId NextAttempt(PlanningInput input, Observation seen, Release release, RevisionRole role)
    {
        int last = seen.Revisions.Select(revision => revision.Id)
            .Where(id => id.Application == release.Application && id.Version == release.Version && id.Role == role)
            .Select(id => id.Attempt)
            .Append(input.LastAttempts.GetValueOrDefault((release.Application, release.Version, role)))
            .Max();
        return new RevisionId(release.Application, release.Version, last + 1, role);
    }

    private static void PlanTargets(PipelineDefinition pipeline, List<StrategyContext> contexts, RunbookBuilder root, PlanningScope scope)
    {
        if (pipeline.Waves is { } waves)
        {
            waves.Plan(
                root,
                contexts.ToDictionary(context => context.Target, StringComparer.Ordinal),
                (context, runbook) => PlanTarget(pipeline, context, runbook, scope),
                // A release that is only tried is gone by then.
                context => scope.Trials.Contains(context.Target) ? null : SubjectOf(context),
                scope.Moments.HealthChecks.Count == 0 ? null : scope.Moments.LookAgain);
            return;
        }

        if (contexts.Count == 1)
        {
            root.Sequence(contexts[0].Target, runbook => PlanTarget(pipeline, contexts[0], runbook, scope));
            return;
        }

        root.Parallel("targets", pipeline.LanePolicy, contexts.Select(context =>
            KeyValuePair.Create<string, Action<RunbookBuilder>>(context.Target, runbook => PlanTarget(pipeline, context, runbook, scope))));
    }

    private static void PlanTarget(PipelineDefinition pipeline, StrategyContext context, RunbookBuilder runbook, PlanningScope scope)
    {
        scope.Lanes[context.Target] = runbook.Id;
        runbook.RestOn(context.Target, Fact.Traffic);
        if (context is { Kind: RunKind.Deploy, Live: { } live } && live != context.Candidate.Id && pipeline.Recording is { IsNeeded: true } recording)
        {
            // What it serves now is what the release is compared with, when nobody is served by it any more.
            runbook.Check(recording, SubjectOf(context), Phase.Readiness, FailureAction.Note, Moment.Start);
        }

        pipeline.Strategy.Plan(context, runbook);
    }

    private static Runbook Compose(PipelineDefinition pipeline, PlanningInput input, List<StrategyContext> contexts, TargetChanges[] changes, PlanningScope scope, MigrationPlan migrations, ExtendedWatch[]? watches, SequenceNode root) => new()
    {
        Kind = input.Kind,
        Reason = input.Reason,
        Pipeline = pipeline.Name,
        Environment = pipeline.Environment,
        Application = input.Release.Application,
        Release = input.Release,
        Strategy = pipeline.Strategy.Name,
        StrategyReason = string.Join(' ', [pipeline.StrategyReason, .. scope.Explanations]),
        Targets =
        [
            .. contexts.Select(context => new RunTarget(context.Target, context.Candidate.Id, context.Live) { Baseline = context.TakenBaseline?.Id, Trial = scope.Trials.Contains(context.Target) }),
            .. pipeline.Resources.Concat(migrations.Databases).Select(resource => new RunTarget(resource.Name)),
        ],
        Changes = changes.Length > 0 ? changes : null,
        Basis = scope.Basis,
        Prerequisites = PrerequisiteList.Of(pipeline.Targets.Concat(pipeline.Resources).Concat(migrations.Databases)),
        Root = root,
        Rollback = scope.Guards,
        Triggers = RollbackTriggers.Of(root),
        FollowUps = scope.FollowUps,
        Contracts = migrations.Contracts([.. pipeline.Targets.Select(target => target.Name)]),
        Watches = watches,
        Roles = pipeline.Roles,
        Policy = input.Kind == RunKind.Deploy ? pipeline.Policy?.Sentences() : null,
        Hotfix = scope.IsHotfix ? new HotfixNote(input.Overrides!.HotfixReason!, scope.LeftOut) : null,
        RolledBack = input is { Kind: RunKind.Deploy, Overrides.RolledBackReason: { } reason } && input.Verdicts.Of(pipeline.Environment, input.Release.Digest)?.RolledBack is { } bad
            ? new RolledBackNote(reason, bad.Id)
            : null,
    };

    private static CheckSubject SubjectOf(StrategyContext context) => new(context.Target, context.Candidate.Id, context.Live == context.Candidate.Id ? null : context.Live);

    /// <summary>What a strategy lacks, and another one that does a part of its work lacks as well, is said once.</summary>
    private static void ThrowIfAny(PipelineDefinition pipeline, PlanningInput input, List<string> errors)
    {
        if (errors.Count > 0)
        {
            throw new DeploymentValidationException($"The plan of {input.Release.Application} {input.Release.Version} by pipeline '{pipeline.Name}'", [.. errors.Distinct()]);
        }
    }
}
