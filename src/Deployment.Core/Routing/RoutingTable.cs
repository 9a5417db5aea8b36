using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Routing;

/// <summary>What a router follows: which revisions there are, with their instances and shares.</summary>
public sealed record RoutingTable
{
    /// <summary>Creates a table.</summary>
    /// <param name="revisions">The revisions.</param>
    /// <param name="preview">The one that is served at <see cref="ITrafficRouter.PreviewAddress"/>; null for none.</param>
    /// <exception cref="DeploymentException">A revision is named twice, the revisions are of several applications, or the previewed one is none of them.</exception>
    public RoutingTable(IEnumerable<RoutedRevision> revisions, RevisionId? preview = null)
    {
        ArgumentNullException.ThrowIfNull(revisions);
        Revisions = [.. revisions.OrderBy(routed => routed.Revision.ToString(), StringComparer.Ordinal)];
        Preview = preview;
        if (Revisions.GroupBy(routed => routed.Revision).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
        {
            throw new DeploymentException($"The routing table names {twice.Key} twice.");
        }

        string[] applications = [.. Revisions.Select(routed => routed.Revision.Application).Distinct(StringComparer.Ordinal)];
        if (applications.Length > 1)
        {
            throw new DeploymentException($"One router serves one application, and the routing table has {string.Join(" and ", applications)}.");
        }

        if (preview is not null && Revisions.All(routed => routed.Revision != preview))
        {
            throw new DeploymentException($"The routing table has no {preview} to preview.");
        }
    }

    /// <summary>Nothing is served.</summary>
    public static RoutingTable Empty { get; } = new([]);

    /// <summary>The revisions, ordered by id.</summary>
    public IReadOnlyList<RoutedRevision> Revisions { get; }

    /// <summary>The one that is served at <see cref="ITrafficRouter.PreviewAddress"/>; null for none.</summary>
    public RevisionId? Preview { get; }

    /// <summary>Whose revisions these are; null when there are none.</summary>
    public string? Application => Revisions.Count == 0 ? null : Revisions[0].Revision.Application;

    /// <summary>The shares in whole percent, rounded so that they add up to 100 (by the largest remainder).</summary>
    public TrafficSplit Traffic
    {
        get
        {
            RoutedRevision[] served = [.. Revisions.Where(routed => routed.Weight > 0)];
            int total = served.Sum(routed => routed.Weight);
            int left = 100 - served.Sum(routed => 100 * routed.Weight / Math.Max(1, total));
            HashSet<RevisionId> roundedUp = [.. served.OrderByDescending(routed => 100 * routed.Weight % total).Take(left).Select(routed => routed.Revision)];
            return new TrafficSplit(served.Select(routed => KeyValuePair.Create(routed.Revision, (100 * routed.Weight / total) + (roundedUp.Contains(routed.Revision) ? 1 : 0))));
        }
    }

    /// <summary>Which revision answers in which slot; empty where nothing serves, or where several share the requests by other weights than the number of their instances.</summary>
    public SlotTable Slots
    {
        get
        {
            RoutedRevision[] served = [.. Revisions.Where(routed => routed.Weight > 0)];
            KeyValuePair<string, RevisionId>[] slots = [.. served.SelectMany(routed => routed.Instances.Select(instance => KeyValuePair.Create(instance.Slot, routed.Revision)))];
            bool isEven = served.Length == 1 || (served.All(routed => routed.Weight == routed.Instances.Count) && slots.DistinctBy(slot => slot.Key).Count() == slots.Length);
            return isEven ? new SlotTable(slots) : SlotTable.Empty;
        }
    }

    /// <inheritdoc/>
    public bool Equals(RoutingTable? other) => other is not null && Preview == other.Preview && Revisions.SequenceEqual(other.Revisions);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Preview, Revisions.Count);

    /// <summary>The revisions with shares and instances, or <c>nothing</c>.</summary>
    public override string ToString() => Revisions.Count == 0 ? "nothing" : string.Join("; ", Revisions) + (Preview is null ? "" : $"; previews {Preview}");
}
