namespace Deployment.Targets;

/// <summary>A target that decides which revision answers which share of the requests.</summary>
public interface ISplitTraffic
{
    /// <summary>What splits it can make.</summary>
    TrafficLimits Limits { get; }

    /// <summary>Switches to a split in one step, and lets requests in flight on a revision that loses its share finish.</summary>
    Operation Route(TrafficSplit split);

    /// <summary>
    /// The same for a plan that knows what it finds. A target that can tell refuses where it finds neither that nor what is wanted, because somebody else has
    /// moved the traffic since, and where a revision that gains isn't as ready as it is meant to be. By default it is <see cref="Route"/>.
    /// </summary>
    /// <param name="before">What the plan finds there.</param>
    /// <param name="split">What is wanted.</param>
    Operation Shift(TrafficSplit before, TrafficSplit split) => Route(split);

    /// <summary>
    /// The way back from a shift, or to an older release. Users wait for it, so it needs no more than that the revision can answer; and it accepts any split
    /// among the revisions that it names, because the shift may have been followed by others. By default it is <see cref="Route"/>.
    /// </summary>
    /// <param name="before">What it goes back from.</param>
    /// <param name="split">What is wanted.</param>
    Operation Restore(TrafficSplit before, TrafficSplit split) => Route(split);
}
