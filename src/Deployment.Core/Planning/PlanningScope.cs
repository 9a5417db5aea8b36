using Deployment.Analysis;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>What all builders of one plan share.</summary>
internal sealed class PlanningScope(TargetTable targets, IReadOnlyDictionary<string, Observation> observations, MomentTable moments)
{
    private readonly SortedDictionary<(string Target, string Name), Fact> _basis = [];
    private readonly List<string> _explanations = [];
    private readonly List<string> _leftOut = [];
    private readonly SortedDictionary<string, RollbackGuard> _guards = new(StringComparer.Ordinal);

    internal TargetTable Targets => targets;

    internal MomentTable Moments => moments;

    /// <summary>Whether users wait for the release: what can be left out is, and named.</summary>
    internal bool IsHotfix { get; init; }

    /// <summary>What a plan lacks that only shows while it is built, as sentences.</summary>
    internal List<string> Errors { get; } = [];

    /// <summary>What takes traffic on each target where the plan stands, as <see cref="TrafficSplit.ToString"/> says it.</summary>
    internal Dictionary<string, string> Traffic { get; } = new(StringComparer.Ordinal);

    /// <summary>The targets where the plan watches since what users have was last changed.</summary>
    internal HashSet<string> Baked { get; } = new(StringComparer.Ordinal);

    /// <summary>What the plan's watches come to, rule by rule.</summary>
    internal JudgedRules Judged { get; } = new();

    /// <summary>Whether there are several targets, which come to their end together.</summary>
    internal bool CompletesTogether { get; init; }

    /// <summary>What is complete when all targets are done: by target, in the order of the plan.</summary>
    internal Dictionary<string, CheckSubject> Complete { get; } = new(StringComparer.Ordinal);

    /// <summary>The id of the lane, or of the sequence, in which each target is planned.</summary>
    internal Dictionary<string, string> Lanes { get; } = new(StringComparer.Ordinal);

    /// <summary>Null where the release isn't watched: users who wait for an old release get it at once.</summary>
    internal WatchCheck? Watch { get; init; }

    internal IReadOnlyList<string> LeftOut => _leftOut;

    internal List<FollowUp> FollowUps { get; } = [];

    /// <summary>The targets where the candidate is only tried.</summary>
    internal HashSet<string> Trials { get; } = new(StringComparer.Ordinal);

    /// <summary>What strategies say about this plan, each sentence once.</summary>
    internal IReadOnlyList<string> Explanations => _explanations;

    internal IReadOnlyList<Fact> Basis => [.. _basis.Values];

    internal IReadOnlyList<RollbackGuard> Guards => [.. _guards.Values];

    internal void RestOn(string target, string fact)
    {
        if (!observations.TryGetValue(target, out Observation? seen))
        {
            throw new DeploymentException($"The plan can't rest on '{fact}' of '{target}': no target of that name was observed.");
        }

        _basis.TryAdd((target, fact), new Fact(target, fact, seen.ValueOf(fact)));
    }

    internal void Explain(string sentence)
    {
        if (!_explanations.Contains(sentence))
        {
            _explanations.Add(sentence);
        }
    }

    internal void LeaveOut(string what)
    {
        if (!IsHotfix)
        {
            throw new DeploymentException($"Only a hotfix leaves something out: '{what}'. Ask StrategyContext.IsHotfix first, and say other choices by Explain.");
        }

        if (!_leftOut.Contains(what))
        {
            _leftOut.Add(what);
        }
    }

    /// <summary>The line that sets the variable ADDRESS; null where the revision can't be reached.</summary>
    internal string? AddressLookup(CheckSubject subject) =>
        targets.Find(subject.Target) is { } target && observations.TryGetValue(subject.Target, out Observation? seen)
            ? target.Capability<IReachRevisions>(seen)?.AddressLookup(subject.Candidate)
            : null;

    /// <summary>What the target itself measures; null where it doesn't.</summary>
    internal IMetricSource? OwnMetrics(string target) =>
        targets.Find(target) is { } known && observations.TryGetValue(target, out Observation? seen) ? known.Capability<IMetricSource>(seen) : null;

    /// <summary>The subject, with what traffic its baseline has where the plan stands.</summary>
    internal CheckSubject SharesOf(CheckSubject subject)
    {
        string? baseline = subject.Baseline is null ? null : ShareOf(subject.Target, subject.Baseline);
        return subject with { BaselineIsLive = baseline is not null, SharesAreEqual = baseline is not null && subject.Cohort is null && baseline == ShareOf(subject.Target, subject.Candidate) };
    }

    /// <summary>What share of the users a revision has where the plan stands; null for none.</summary>
    private string? ShareOf(string target, RevisionId revision)
    {
        string traffic = Traffic.GetValueOrDefault(target) ?? observations[target].Traffic.ToString();
        return traffic.Split(',').FirstOrDefault(share => share.StartsWith(revision + "=", StringComparison.Ordinal))?[(revision.ToString().Length + 1)..];
    }

    internal void Follow(EffectStep step)
    {
        if (step.Phase == Phase.Deployment)
        {
            Changed(step.Operation.Target);
        }

        foreach (FactChange change in step.Changes)
        {
            RestOn(change.Target, change.Name);
            if (change.Name == Fact.Traffic)
            {
                Traffic[change.Target] = change.After;
            }
        }
    }

    /// <summary>What is done to a target its users meet, what is done to a resource, such as a flag, all users. A step of the user's own shifts nobody.</summary>
    private void Changed(string target)
    {
        if (!observations.ContainsKey(target))
        {
            return;
        }

        if (Lanes.ContainsKey(target))
        {
            Baked.Remove(target);
        }
        else
        {
            Baked.Clear();
        }
    }

    internal void GuardRollback(string target, RevisionId old, Operation? ensure)
    {
        var subject = new CheckSubject(target, old);
        _guards[target] = new RollbackGuard
        {
            Target = target,
            Ensure = ensure is null ? null : EffectSteps.Make(
                $"{target}/ensure-{Slug.Of(old.ToString())}",
                $"Make sure that {old} stands",
                ensure,
                Undo.Nothing("It is what the rollback goes back to."),
                new EffectOptions(),
                targets),
            Verify = [.. moments.HealthChecks.Select((check, i) => CheckSteps.Make($"{target}/verify-{i + 1}", check, subject, Phase.Finalization, FailureAction.RollBack, AddressLookup(subject)))],
        };
    }
}
