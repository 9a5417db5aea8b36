namespace Deployment.Store;

/// <summary>A journal is damaged before its tail. It is not read further, and the run is not driven.</summary>
public sealed class JournalDamagedException : DeploymentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="where">Where the damage is.</param>
    public JournalDamagedException(string runId, string where)
        : base($"The journal of run {runId} is damaged: {where}. Restore it from a backup, or finish the run by hand with its runbook and set it aside with the store's owner.")
    {
    }
}
