namespace Deployment.Store;

/// <summary>What a journal entry records.</summary>
public enum JournalEntryKind
{
    /// <summary>The run begins; the detail names its runbook and build.</summary>
    RunStarted,

    /// <summary>Right after the beginning: something that the run does otherwise than its environment's policy says, or leaves out, with the reason.</summary>
    Overridden,

    /// <summary>Another process, or the same after a hold, drives the run now.</summary>
    RunResumed,

    /// <summary>An effect is about to be run: written before it, with its undo.</summary>
    StepStarted,

    /// <summary>A command of the step's was started; the detail identifies its process group.</summary>
    CommandStarted,

    /// <summary>An attempt failed in passing and is made again.</summary>
    StepRetried,

    /// <summary>The effect was verified.</summary>
    StepSucceeded,

    /// <summary>The effect failed, or was not verified.</summary>
    StepFailed,

    /// <summary>A check begins.</summary>
    CheckStarted,

    /// <summary>A check passed; the detail is its evidence.</summary>
    CheckPassed,

    /// <summary>A check failed or had too little data; the detail is its evidence.</summary>
    CheckFailed,

    /// <summary>A check found something that decides nothing; the detail is its evidence.</summary>
    CheckNoted,

    /// <summary>A pause by the clock begins.</summary>
    WaitStarted,

    /// <summary>A pause by the clock is over or was skipped.</summary>
    WaitEnded,

    /// <summary>The run waits for a Go/No-Go.</summary>
    ApprovalRequested,

    /// <summary>Go.</summary>
    ApprovalGiven,

    /// <summary>No-go.</summary>
    ApprovalRefused,

    /// <summary>A signal was taken from the inbox; the detail has its number.</summary>
    SignalTaken,

    /// <summary>The run waits for a person, at this step.</summary>
    Held,

    /// <summary>A person was told that the run is held or paused by a report, or of an alert, or could not be told.</summary>
    Notified,

    /// <summary>A person's decision ended the hold at this step.</summary>
    HoldEnded,

    /// <summary>The run stops going forward and will go back.</summary>
    AbortRequested,

    /// <summary>A rollback begins, of the whole run or of one lane; the detail names its plan.</summary>
    RollbackStarted,

    /// <summary>A rollback is over; the text says what could not be undone, if anything.</summary>
    RollbackEnded,

    /// <summary>The run has an outcome.</summary>
    RunEnded,
}
