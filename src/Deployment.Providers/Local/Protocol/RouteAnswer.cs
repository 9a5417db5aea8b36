using System.Collections.Immutable;

namespace Deployment.Providers.Local.Protocol;

/// <summary>The split is followed by every request from now on.</summary>
/// <param name="Generation">The table that the router follows.</param>
/// <param name="Drained">Whether every revision without a share has finished what it did.</param>
/// <param name="Unfinished">The requests still in flight on such revisions, or instances that left their slots, when the wait was over.</param>
/// <param name="Cut">Whether they were broken off. Otherwise they go on until the revision is removed.</param>
internal sealed record RouteAnswer(long Generation, bool Drained, ImmutableSortedDictionary<string, long> Unfinished, bool Cut)
{
    /// <summary>There is nothing to route and no router.</summary>
    public static RouteAnswer Nothing { get; } = new(0, true, ImmutableSortedDictionary<string, long>.Empty, false);
}
