using Deployment.Releases;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Everything that a plan is made from. The planner sees nothing else.</summary>
internal sealed record PlanningInput
{
    internal required RunKind Kind { get; init; }

    internal required Release Release { get; init; }

    /// <summary>Why the run is made; null where somebody asked for it.</summary>
    internal string? Reason { get; init; }

    /// <summary>What the run does otherwise than the policy says; null for nothing.</summary>
    internal RunOverrides? Overrides { get; init; }

    /// <summary>What became of the application's releases in this and other environments. Only a deployment asks.</summary>
    internal ReleaseVerdicts Verdicts { get; init; } = ReleaseVerdicts.None;

    internal required IReadOnlyDictionary<string, Observation> Observations { get; init; }

    /// <summary>What the release would change, as far as targets tell. Only a deployment asks.</summary>
    internal IReadOnlyList<TargetChanges> Changes { get; init; } = [];

    /// <summary>For going back: the revision on each target that is brought again if it still stands.</summary>
    internal required IReadOnlyDictionary<string, RevisionId> Standing { get; init; }

    /// <summary>What the live revisions are made of, as far as history knows.</summary>
    internal required IReadOnlyDictionary<RevisionId, Release> Releases { get; init; }

    /// <summary>The runs that took out of schemas what older releases need, in order. What only tidies up doesn't ask.</summary>
    internal IReadOnlyList<RunRecord> Contracted { get; init; } = [];

    /// <summary>The targets to plan; null for all of the pipeline.</summary>
    internal IReadOnlySet<string>? Only { get; init; }

    /// <summary>The last attempt that any run ever made, so that none is used twice; a release that no run brought is not there.</summary>
    internal required IReadOnlyDictionary<(string Application, string Version, RevisionRole Role), int> LastAttempts { get; init; }
}
