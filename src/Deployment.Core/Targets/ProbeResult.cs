namespace Deployment.Targets;

/// <summary>What a probe of an effect in doubt saw.</summary>
public enum ProbeResult
{
    /// <summary>It can't be told. A person decides.</summary>
    Unknown,

    /// <summary>The effect took place.</summary>
    TookEffect,

    /// <summary>The effect did not take place, or only in part: it may be run.</summary>
    DidNotTakeEffect,
}
