using System.Collections.Immutable;
using Deployment.Routing;

namespace Deployment.Providers.HAProxy.Sites;

/// <summary>All that a site follows, as its map in HAProxy has it. It is replaced as a whole, in one step.</summary>
internal sealed record SiteState
{
    /// <summary>How often it was replaced.</summary>
    public long Generation { get; init; }

    public ImmutableArray<LaneEntry> Lanes { get; init; } = [];

    public ImmutableArray<Stretch> Split { get; init; } = [];

    /// <summary>The lane that is previewed; null for none.</summary>
    public int? Preview { get; init; }

    /// <summary>The page of maintenance; null while it serves.</summary>
    public PageEntry? Page { get; init; }

    public ImmutableSortedDictionary<string, long> Epochs { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    public IEnumerable<LaneEntry> Routed => Lanes.Where(lane => lane.Weight is not null);

    public RoutingTable Table => new(Routed.Select(lane => lane.Routed), Routed.FirstOrDefault(lane => lane.Number == Preview)?.Revision);

    /// <summary>Whose revisions these are; null where that was never known.</summary>
    public string? Application => Lanes.Length > 0 ? Lanes[0].Revision.Application : Epochs.Count == 1 ? Epochs.Keys.Single() : null;

    /// <summary>Whether the numbers are those of the weights.</summary>
    public bool IsWhole
    {
        get
        {
            IReadOnlyDictionary<int, int> sizes = Shares.Sizes(Routed.Select(lane => (lane.Number, lane.Weight ?? 0)));
            return Shares.Count(Split) is var counted && counted.Count == sizes.Count(size => size.Value > 0) && counted.All(lane => sizes.GetValueOrDefault(lane.Key) == lane.Value);
        }
    }

    public SiteState WithEpoch(string? application, long epoch) => application is null ? this : this with { Epochs = Epochs.SetItem(application, epoch) };
}
