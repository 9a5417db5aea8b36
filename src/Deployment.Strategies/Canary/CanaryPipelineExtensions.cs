using Deployment.Strategies.Canary;

namespace Deployment;

/// <summary>Adds the canary strategy to a pipeline.</summary>
public static class CanaryPipelineExtensions
{
    /// <summary>Installs the release beside what runs, and gives it 10, 25, 50 and 100% of the traffic while the checks pass.</summary>
    public static DeploymentPipelineBuilder UseCanary(this DeploymentPipelineBuilder pipeline) => pipeline.UseCanary(new CanaryOptions());

    /// <summary>A canary, with options.</summary>
    public static DeploymentPipelineBuilder UseCanary(this DeploymentPipelineBuilder pipeline, Action<CanaryOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new CanaryOptions();
        configure(options);
        return pipeline.UseCanary(options);
    }

    /// <summary>A canary, with options.</summary>
    public static DeploymentPipelineBuilder UseCanary(this DeploymentPipelineBuilder pipeline, CanaryOptions options)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(options);
        return pipeline.UseStrategy(new CanaryStrategy(options), options.Reason);
    }
}
