using System.Collections.Immutable;
using Deployment.Releases;
using Deployment.Routing;

namespace Deployment.Providers.HAProxy.Sites;

/// <summary>What a lane, one of the site's backends, serves.</summary>
internal sealed record LaneEntry
{
    /// <summary>The lane's number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The revision.</summary>
    public required RevisionId Revision { get; init; }

    /// <summary>Its weight; null where it lost its place and only finishes.</summary>
    public required int? Weight { get; init; }

    /// <summary>In which generation of the site the revision got the lane: what was counted before is another's.</summary>
    public required long Since { get; init; }

    /// <summary>Its instances.</summary>
    public required ImmutableArray<Place> Places { get; init; }

    public RoutedRevision Routed => new(Revision, Weight ?? 0, Places.Select(place => place.Instance));
}
