namespace Deployment.Providers.Local.Protocol;

/// <summary>One slot of a revision, as seen at this moment.</summary>
/// <param name="Slot">Counted from 1.</param>
/// <param name="Port">Where it listens on 127.0.0.1; 0 for a worker.</param>
/// <param name="ProcessId">Its process; null while there is none.</param>
/// <param name="Running">Whether that very process is alive.</param>
/// <param name="Log">What it prints is appended here.</param>
internal sealed record InstanceStatus(int Slot, int Port, int? ProcessId, bool Running, string Log)
{
    /// <summary>How often it ended by itself and was started again.</summary>
    public int Restarts { get; set; }

    /// <summary>How it ended last, where that is known.</summary>
    public int? LastExitCode { get; set; }

    /// <summary>When it ended last.</summary>
    public DateTimeOffset? LastEnded { get; set; }

    /// <summary>Whether it ended several times in a row soon after its start.</summary>
    public bool CrashLooping { get; set; }
}
