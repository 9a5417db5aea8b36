using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local;

/// <summary>What a router counted about one revision since it started. The numbers only grow, except those in flight.</summary>
public sealed record RevisionCounters
{
    /// <summary>Requests that ended, without those that the client itself broke off.</summary>
    public required long Requests { get; init; }

    /// <summary>Of these, the ones answered 5xx, and the ones that the revision could not be reached for or broke off.</summary>
    public required long Errors { get; init; }

    /// <summary>Requests that have not ended.</summary>
    public required long InFlight { get; init; }

    /// <summary>The upper bounds of the latency buckets.</summary>
    public required IReadOnlyList<TimeSpan> LatencyBounds { get; init; }

    /// <summary>How many requests took at most the bound of the same index and more than the one before; one more than there are bounds, the last for all longer ones.</summary>
    public required IReadOnlyList<long> LatencyCounts { get; init; }

    /// <summary>The sum of the durations.</summary>
    public required TimeSpan LatencySum { get; init; }

    /// <summary>Web sockets that the router cut because the revision had lost its share and <see cref="RouterOptions.WebSocketGrace"/> was over.</summary>
    public required long WebSocketsCut { get; init; }

    internal static RevisionCounters Of(ImmutableArray<double> bounds, RevisionMetrics metrics) => new()
    {
        Requests = metrics.Requests,
        Errors = metrics.Errors,
        InFlight = metrics.InFlight,
        LatencyBounds = [.. bounds.Select(TimeSpan.FromSeconds)],
        LatencyCounts = [.. metrics.LatencyCounts],
        WebSocketsCut = metrics.WebSocketsCut,
        LatencySum = TimeSpan.FromSeconds(metrics.LatencySeconds),
    };
}
