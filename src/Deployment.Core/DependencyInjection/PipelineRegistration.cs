namespace Deployment;

/// <summary>A pipeline as it was added to the host.</summary>
internal sealed record PipelineRegistration(string Name, Action<IServiceProvider, DeploymentPipelineBuilder> Compose);
