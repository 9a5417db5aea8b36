namespace Deployment.Planning;

/// <summary>One of several services of a pipeline.</summary>
/// <param name="Application">The name of its application.</param>
/// <param name="Part">Its targets, strategy, checks and steps; the table is that of the whole pipeline.</param>
internal sealed record ServiceDefinition(string Application, PipelineDefinition Part);
