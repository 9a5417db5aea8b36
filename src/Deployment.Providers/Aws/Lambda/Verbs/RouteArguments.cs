using System.Collections.Immutable;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <param name="Split">Who gets which share.</param>
internal sealed record RouteArguments(TrafficSplit Split)
{
    /// <summary>What the plan finds there; null where it takes whatever it finds.</summary>
    public TrafficSplit? From { get; init; }

    /// <summary>Whether it is a way back, which takes any split among the revisions of both.</summary>
    public bool IsBack { get; init; }

    /// <summary>The revisions that must have their provisioned concurrency before they get more traffic.</summary>
    public ImmutableArray<RevisionId> Warm { get; init; } = [];

    /// <summary>Null when this was to be expected, else what is seen.</summary>
    public string? Unexpected(TrafficSplit seen) =>
        From is null || seen.Equals(From) || seen.Equals(Split) || (IsBack && seen.Shares.All(share => From.ShareOf(share.Key) + Split.ShareOf(share.Key) > 0)) ? null
            : $"it routes {seen}, where {From} was planned: somebody else has moved the traffic since";
}
