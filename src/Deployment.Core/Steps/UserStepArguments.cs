namespace Deployment.Steps;

/// <summary>Names the step that an operation of the pipeline's own target runs.</summary>
/// <param name="Step">The step's name.</param>
/// <param name="Commands">Its command lines, so that the runbook's hash covers them.</param>
internal sealed record UserStepArguments(string Step, IReadOnlyList<string> Commands);
