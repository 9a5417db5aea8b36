namespace Deployment.Runbooks;

/// <summary>
/// Where a strategy lets checks and the user's own steps stand. What is bound to a moment that a strategy doesn't pass
/// stands at the next one that it does.
/// </summary>
public enum Moment
{
    /// <summary>Before anything is changed.</summary>
    Start,

    /// <summary>The revision is installed and should be well.</summary>
    Installed,

    /// <summary>The last moment before users reach the revision.</summary>
    BeforeTraffic,

    /// <summary>Traffic has shifted to the revision, in whole or in part.</summary>
    Shifted,

    /// <summary>The revision takes all traffic, the strategy is done on all targets, and the release was watched intensively.</summary>
    Complete,
}
