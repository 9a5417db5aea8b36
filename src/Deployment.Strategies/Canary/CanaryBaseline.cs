namespace Deployment.Strategies.Canary;

/// <summary>Whether the release is compared with a fresh copy of the old one, of the same size and with the same share, instead of with what has run for long.</summary>
public enum CanaryBaseline
{
    /// <summary>There is none: it is compared with the old revision.</summary>
    None,

    /// <summary>Where the target can let three revisions share the traffic, and history knows what the old one is made of. Elsewhere the runbook says that it was left out.</summary>
    WherePossible,

    /// <summary>Where there can be none the plan is refused.</summary>
    Required,
}
