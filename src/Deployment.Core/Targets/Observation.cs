using System.Collections.Immutable;
using System.Globalization;
using Deployment.Migrations;
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

    /// <summary>Which revision answers in which slot, where the target replaces instances (<see cref="IReplaceInstances"/>); empty where nothing serves, or where revisions share the traffic by weight.</summary>
    public SlotTable Slots { get; init; } = SlotTable.Empty;

    /// <summary>Who gets copies of the users' requests, where the target makes some for a deployment (<see cref="IMirrorTraffic"/>); null where it makes none.</summary>
    public TrafficMirror? Mirror { get; init; }

    /// <summary>For a database: what there is to apply and what was applied; null elsewhere.</summary>
    public MigrationsSeen? Migrations { get; init; }

    /// <summary>
    /// For each application, the highest epoch of a run that ever acted in this place, where the platform keeps it; empty elsewhere. A run that
    /// begins has a higher one than all before it in its store, so one that doesn't comes from a store that doesn't know who acted here.
    /// </summary>
    public IReadOnlyDictionary<string, long> Epochs { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>What only the provider understands. Never secrets: observations are written down.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What makes a deployment here impossible, each a sentence that says what to mend. Planning refuses with all of them.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>The revision that takes most of the traffic; null when none is served.</summary>
    public RevisionId? Live() => Traffic.IsEmpty ? null : Traffic.Shares.MaxBy(share => share.Value).Key;

    /// <summary>Whether the revision stands here.</summary>
    public bool Stands(RevisionId revision) => Revisions.Any(seen => seen.Id == revision);

    /// <summary>What takes traffic or runs.</summary>
    internal IEnumerable<RevisionId> Living() => Traffic.Shares.Where(share => share.Value > 0).Select(share => share.Key)
        .Concat(Revisions.Where(revision => revision.Instances > 0).Select(revision => revision.Id))
        .Distinct();

    /// <summary>Such as <c>web: traffic shop_1.0.0_1=100; stands shop_1.0.0_1, shop_1.1.0_1 (2 instances)</c>.</summary>
    public override string ToString()
    {
        string revisions = Revisions.Count == 0 ? "nothing" : string.Join(", ", Revisions.Select(seen => seen.Instances == 1 ? $"{seen.Id}" : $"{seen.Id} ({seen.Instances} instances)"));
        // Who has all slots is the traffic, said once.
        string slots = Slots.Revisions.Count > 1 ? $"; slots {Slots}" : "";
        string mirror = Mirror is null ? "" : $"; copies {Mirror}";
        string migrations = Migrations is null ? "" : string.Create(CultureInfo.InvariantCulture, $"; {Migrations.Applied.Count} migrations applied{(Migrations.Applied.Count > 0 ? $", the last one {Naming.Printable(Migrations.Applied[^1].Id)}" : "")}");
        string properties = string.Concat(Properties.OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => $"; {property.Key} {property.Value}"));
        return $"{Target}: traffic {Traffic}; stands {revisions}{slots}{mirror}{migrations}{properties}{string.Concat(Problems.Select(problem => $"; problem: {problem}"))}";
    }

    /// <summary>The present value of a fact that a plan can rest on; see <see cref="Fact"/>.</summary>
    public string ValueOf(string fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        if (fact == Fact.Traffic)
        {
            return Traffic.ToString();
        }

        if (fact == Fact.Slots)
        {
            return Slots.ToString();
        }

        if (fact == Fact.Mirror)
        {
            return Mirror?.ToString() ?? "none";
        }

        if (Fact.MigrationOf(fact) is { } migration)
        {
            return Migrations?.Applied.LastOrDefault(applied => applied.Id == migration) is { } applied ? applied.Checksum ?? Fact.Present : "";
        }

        return Fact.RevisionOf(fact) is { } revision
            ? Stands(revision) ? Fact.Present : Fact.Absent
            : Properties.GetValueOrDefault(fact, "");
    }
}
