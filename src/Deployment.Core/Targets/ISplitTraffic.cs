namespace Deployment.Targets;

/// <summary>A target that decides which revision answers which share of the requests.</summary>
public interface ISplitTraffic
{
    /// <summary>What splits it can make.</summary>
    TrafficLimits Limits { get; }

    /// <summary>Switches to a split in one step, and lets requests in flight on a revision that loses its share finish.</summary>
    Operation Route(TrafficSplit split);
}
