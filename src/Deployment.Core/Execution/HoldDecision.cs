namespace Deployment.Execution;

/// <summary>How a person ended a hold.</summary>
internal enum HoldDecision
{
    /// <summary>Do the step again.</summary>
    TryAgain,

    /// <summary>Take the step as done and go on.</summary>
    TakeAsDone,
}
