using Deployment.Releases;

namespace Deployment.Planning;

/// <summary>How far the extended watch of a deployment has come on one target.</summary>
internal sealed record WatchedTarget
{
    /// <summary>How many looks' time is gone over again at most, while sources don't answer.</summary>
    internal const int MostTimes = 6;

    public required string Target { get; init; }

    /// <summary>What the deployment brought, which is watched as long as it takes traffic.</summary>
    public required RevisionId Revision { get; init; }

    /// <summary>What took the traffic before; null at a first deployment.</summary>
    public RevisionId? Before { get; init; }

    /// <summary>The SHA-256 of the baseline that the deployment recorded; null where there is none.</summary>
    public string? Recorded { get; init; }

    /// <summary>Among how many watches a rule's rate of false alarms is divided.</summary>
    public required int Watches { get; init; }

    /// <summary>How far two looks are apart.</summary>
    public required TimeSpan Every { get; init; }

    /// <summary>When the watch is over.</summary>
    public required DateTimeOffset Ends { get; init; }

    /// <summary>Where what was judged ends: what came after it is judged by the next look.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Until when one that could not be looked at before the end is looked at: sources don't remember for ever.</summary>
    internal DateTimeOffset LastChance => Ends + (Every * MostTimes);

    /// <summary>When the next look is due.</summary>
    public required DateTimeOffset Due { get; init; }
}
