using System.Collections.Immutable;

namespace Deployment.Targets;

/// <summary>
/// How a revision answered copies of requests, beside how the users were answered the same ones. What the user got no whole answer to is not compared.
/// </summary>
public sealed record MirrorComparison
{
    /// <summary>Copies that were sent.</summary>
    public required long Sent { get; init; }

    /// <summary>Copies of these whose fate is not known yet.</summary>
    public required long UnderWay { get; init; }

    /// <summary>Requests that should have been copied and were not: too many copies were under way, or the request was too large.</summary>
    public required long Skipped { get; init; }

    /// <summary>Requests where the user and the copy both were answered.</summary>
    public required long Compared { get; init; }

    /// <summary>Of these, where the copy's status was another one.</summary>
    public required long OtherStatus { get; init; }

    /// <summary>Copies that the revision did not answer whole and in time, where the user was answered.</summary>
    public required long Failed { get; init; }

    /// <summary>How often which statuses differed, such as <c>200 -> 500</c>, the user's first; a bounded number of pairs, the others together.</summary>
    public IReadOnlyDictionary<string, long> Differences { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>The time within which 95% of the compared requests' users had the beginning of their answer; zero where none was compared.</summary>
    public required TimeSpan UserLatency { get; init; }

    /// <summary>The same of the copies.</summary>
    public required TimeSpan CopyLatency { get; init; }
}
