namespace Deployment.Targets;

/// <summary>How an effect may be repeated when it is not known whether it happened.</summary>
public enum Repeatability
{
    /// <summary>Running it again gives the same end state.</summary>
    Idempotent,

    /// <summary>A probe tells whether it took effect; it is run again only when it didn't.</summary>
    Probeable,

    /// <summary>It must not be run twice and can't be probed: a person decides.</summary>
    AtMostOnce,
}
