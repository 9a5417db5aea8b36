namespace Deployment;

/// <summary>Whether the process that drives a run still runs, as far as can be known from here.</summary>
public enum DriverLife
{
    /// <summary>It can't be seen from here: it runs, or ran, on another machine or in another container.</summary>
    Unknown,

    /// <summary>It runs, on this machine. Whether it still drives the run its last sign of life tells.</summary>
    Runs,

    /// <summary>It was a process of this machine and has ended, so the run waits for somebody to go on with it.</summary>
    Ended,
}
