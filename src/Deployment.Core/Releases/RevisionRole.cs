namespace Deployment.Releases;

/// <summary>Why a revision was installed.</summary>
public enum RevisionRole
{
    /// <summary>To serve users.</summary>
    Release,

    /// <summary>A fresh copy of the old release that a canary is compared with.</summary>
    Baseline,
}
