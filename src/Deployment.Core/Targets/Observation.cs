using System.Collections.Immutable;
using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>What was seen at a target, as data. Plans are made from it, and from nothing else that is outside.</summary>
public sealed record Observation
{
    /// <summary>The target's name.</summary>
    public required string Target { get; init; }

    /// <summary>The revisions that stand there.</summary>
    public IReadOnlyList<ObservedRevision> Revisions { get; init; } = [];

    /// <summary>Who takes the traffic.</summary>
    public TrafficSplit Traffic { get; init; } = TrafficSplit.None;

    /// <summary>What only the provider understands. Never secrets: observations are written down.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What makes a deployment here impossible, each a sentence that says what to mend. Planning refuses with all of them.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>The revision that takes most of the traffic; null when none is served.</summary>
    public RevisionId? Live() => Traffic.IsEmpty ? null : Traffic.Shares.MaxBy(share => share.Value).Key;

    /// <summary>Whether the revision stands here.</summary>
    public bool Stands(RevisionId revision) => Revisions.Any(seen => seen.Id == revision);

    /// <summary>The present value of a fact that a plan can rest on; see <see cref="Fact"/>.</summary>
    public string ValueOf(string fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        if (fact == Fact.Traffic)
        {
            return Traffic.ToString();
        }

        return Fact.RevisionOf(fact) is { } revision
            ? Stands(revision) ? Fact.Present : Fact.Absent
            : Properties.GetValueOrDefault(fact, "");
    }
}
