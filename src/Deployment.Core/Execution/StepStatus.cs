namespace Deployment.Execution;

/// <summary>What the journal says of a step.</summary>
internal enum StepStatus
{
    /// <summary>Nothing.</summary>
    NotStarted,

    /// <summary>It was begun; without an outcome after a crash it is in doubt.</summary>
    Started,

    /// <summary>It was done, passed, approved or waited for.</summary>
    Succeeded,

    /// <summary>It failed, or was refused.</summary>
    Failed,
}
