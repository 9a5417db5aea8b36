using System.Collections.Immutable;
using System.Globalization;
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

    /// <summary>Requests that were still in flight at the deadline of a drain and were left alone.</summary>
    public required long LeftByDrains { get; init; }

    /// <summary>Requests that the deadline of a drain broke off.</summary>
    public required long CutByDrains { get; init; }

    /// <summary>The upper bounds of the latency buckets.</summary>
    public required IReadOnlyList<TimeSpan> LatencyBounds { get; init; }

    /// <summary>How many requests took at most the bound of the same index and more than the one before; one more than there are bounds, the last for all longer ones.</summary>
    public required IReadOnlyList<long> LatencyCounts { get; init; }

    /// <summary>The sum of the durations.</summary>
    public required TimeSpan LatencySum { get; init; }

    /// <summary>Web sockets that the router cut because the revision had lost its share and <see cref="RouterOptions.WebSocketGrace"/> was over.</summary>
    public required long WebSocketsCut { get; init; }

    /// <summary>Such as <c>1520 requests, 3 errors, 2 in flight</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Requests} requests, {Errors} errors, {InFlight} in flight");

    /// <summary>Of a revision, summed over the targets of a port that it serves.</summary>
    internal static RevisionCounters Of(ImmutableArray<double> bounds, IReadOnlyCollection<RevisionMetrics> metrics) => new()
    {
        Requests = metrics.Sum(one => one.Requests),
        Errors = metrics.Sum(one => one.Errors),
        InFlight = metrics.Sum(one => one.InFlight),
        LeftByDrains = metrics.Sum(one => one.LeftByDrains),
        CutByDrains = metrics.Sum(one => one.CutByDrains),
        LatencyBounds = [.. bounds.Select(TimeSpan.FromSeconds)],
        LatencyCounts = [.. Enumerable.Range(0, bounds.Length + 1).Select(bucket => metrics.Sum(one => one.LatencyCounts[bucket]))],
        LatencySum = TimeSpan.FromSeconds(metrics.Sum(one => one.LatencySeconds)),
        WebSocketsCut = metrics.Sum(one => one.WebSocketsCut),
    };
}
