namespace Deployment.Execution;

/// <summary>How the host of a run ends its part in it.</summary>
/// <param name="Policy">What that asks for.</param>
/// <param name="Token">Cancelled when it does.</param>
internal readonly record struct HostCancellation(CancellationPolicy Policy, CancellationToken Token);
