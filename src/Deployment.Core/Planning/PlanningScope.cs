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

    internal void RestOn(IEnumerable<FactChange> changes)
    {
        foreach (FactChange change in changes)
        {
            RestOn(change.Target, change.Name);
        }
    }

    /// <summary>The line that sets the variable ADDRESS; null where the revision can't be reached.</summary>
    internal string? AddressLookup(CheckSubject subject) =>
        targets.Find(subject.Target) is { } target && observations.TryGetValue(subject.Target, out Observation? seen)
            ? target.Capability<IReachRevisions>(seen)?.AddressLookup(subject.Candidate)
            : null;

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
