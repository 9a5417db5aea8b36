namespace Deployment.Testing;

/// <summary>What a <see cref="FakeTarget"/> can do.</summary>
[Flags]
public enum FakeCapabilities
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Update in place.</summary>
    UpdateInPlace = 1,

    /// <summary>Host several revisions.</summary>
    HostRevisions = 2,

    /// <summary>Split traffic.</summary>
    SplitTraffic = 4,

    /// <summary>Reach a revision before it takes traffic.</summary>
    ReachRevisions = 8,

    /// <summary>Let testers reach a revision by a header.</summary>
    RouteTesters = 16,

    /// <summary>Replace its instances a few at a time.</summary>
    ReplaceInstances = 32,

    /// <summary>Send copies of users' requests to a revision without traffic.</summary>
    MirrorTraffic = 64,

    /// <summary>Everything.</summary>
    All = UpdateInPlace | HostRevisions | SplitTraffic | ReachRevisions | RouteTesters | ReplaceInstances | MirrorTraffic,
}
