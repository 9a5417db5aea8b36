namespace Deployment.Store;

/// <summary>Another process drives the run now. Nothing more may be done or recorded for it here.</summary>
public sealed class LeaseLostException : DeploymentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="epoch">The epoch that was lost.</param>
    public LeaseLostException(string runId, long epoch)
        : base($"The lease on run {runId} (epoch {epoch}) was taken over by another process. This process stopped and recorded nothing more; look at the run's status for who drives it now.")
    {
    }
}
