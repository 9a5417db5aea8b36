namespace Deployment.Health;

/// <summary>What a check decides.</summary>
public enum CheckKind
{
    /// <summary>Whether the deployment may start.</summary>
    Readiness,

    /// <summary>Whether a revision is well.</summary>
    Health,

    /// <summary>Whether a revision does what users need.</summary>
    Smoke,

    /// <summary>Whether users' numbers say that a release is good.</summary>
    Analysis,
}
