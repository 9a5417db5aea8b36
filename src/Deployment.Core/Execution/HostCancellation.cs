namespace Deployment.Execution;

/// <summary>How the host of a run ends its part in it.</summary>
/// <param name="Policy">What that asks for.</param>
/// <param name="Token">Cancelled when it does.</param>
internal readonly record struct HostCancellation(CancellationPolicy Policy, CancellationToken Token)
{
    /// <summary>Told when the run is held for a person, which may last for days; null where nobody waits for it.</summary>
    internal Action? OnHeld { get; init; }
}
