namespace Deployment.Execution;

/// <summary>Turns a cancelled lease into its exception.</summary>
internal static class LeaseTokens
{
    internal static void ThrowIfLost(this CancellationToken lost, RunLease lease)
    {
        if (lost.IsCancellationRequested)
        {
            throw lease.Loss!;
        }
    }
}
