namespace Deployment.Runbooks;

/// <summary>What a rollback does on one target besides undoing steps.</summary>
public sealed record RollbackGuard
{
    /// <summary>The target's name.</summary>
    public required string Target { get; init; }

    /// <summary>Makes sure that the old revision stands, before traffic is given back to it; null when there is none.</summary>
    public EffectStep? Ensure { get; init; }

    /// <summary>Looks, at the end, that the old revision is well.</summary>
    public IReadOnlyList<CheckStep> Verify { get; init; } = [];
}
