namespace Deployment.Execution;

/// <summary>How the attempts of an effect ended.</summary>
/// <param name="Problem">What is wrong; null when the step did what it says.</param>
/// <param name="Kept">What the last one kept as evidence; null when it kept nothing.</param>
internal sealed record AttemptsEnd(string? Problem, string? Kept);
