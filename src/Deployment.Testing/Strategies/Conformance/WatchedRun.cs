using Deployment.Flags;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>A run that is watched, from before its first effect, over the deaths of its processes.</summary>
internal sealed class WatchedRun(Runbook runbook, IReadOnlyDictionary<string, Observation> before, FlagAudience flag)
{
    private readonly EffectStep[] _steps = [.. runbook.Steps.OfType<EffectStep>()];
    private readonly Dictionary<string, int> _serving = before.Keys.ToDictionary(target => target, _ => 100, StringComparer.Ordinal);

    internal Runbook Runbook => runbook;

    /// <summary>What was there before the run, by target.</summary>
    internal IReadOnlyDictionary<string, Observation> Before => before;

    /// <summary>Who had the flag before the run.</summary>
    internal FlagAudience FlagBefore => flag;

    /// <summary>Whether the run is one that goes back after a success.</summary>
    internal bool GoesBack => runbook.Kind == RunKind.RollBack;

    /// <summary>The revisions that took traffic before, or that a health check found well.</summary>
    internal HashSet<RevisionId> Well { get; } = [.. before.Values.SelectMany(seen => seen.Traffic.Shares).Select(share => share.Key)];

    /// <summary>The targets where traffic has shifted to the candidate and no check has looked since.</summary>
    internal HashSet<string> Unchecked { get; } = new(StringComparer.Ordinal);

    /// <summary>The targets whose last moment has passed.</summary>
    internal HashSet<string> Complete { get; } = new(StringComparer.Ordinal);

    internal int Effects { get; set; }

    internal int Checks { get; set; }

    internal int Entries { get; set; }

    /// <summary>Why a person was asked for, besides approvals; null when nobody was.</summary>
    internal string? Held { get; set; }

    /// <summary>The targets where something was live everywhere; a first deployment has no capacity to keep.</summary>
    internal bool IsOverLive => before.Values.All(seen => !seen.Traffic.IsEmpty);

    internal RevisionId CandidateOn(string target) => runbook.Targets.Single(row => row.Target == target).Candidate!;

    /// <summary>What a rollback goes back to; null when nothing was live.</summary>
    internal RevisionId? OldOn(string target) => before[target].Live() is { } old && old != CandidateOn(target) ? old : null;

    internal EffectStep? StepOf(WatchedEffect effect) => Array.Find(_steps, step => step.Id == effect.StepId);

    /// <summary>Its place among the effects of the plan, counted from 1; 0 for what goes back.</summary>
    internal int PlaceOf(string stepId) => Array.FindIndex(_steps, step => step.Id == stepId) + 1;

    internal void Serve(string target, int percent) => _serving[target] = percent;

    internal int CapacityPercent => _serving.Values.Sum() / _serving.Count;
}
