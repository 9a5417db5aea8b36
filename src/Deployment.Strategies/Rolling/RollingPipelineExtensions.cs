using Deployment.Strategies.Rolling;

namespace Deployment;

/// <summary>Adds the rolling strategy to a pipeline.</summary>
public static class RollingPipelineExtensions
{
    /// <summary>Replaces the instances a few at a time; the others serve meanwhile.</summary>
    public static DeploymentPipelineBuilder UseRolling(this DeploymentPipelineBuilder pipeline) => pipeline.UseRolling(new RollingOptions());

    /// <summary>Rolling, with options.</summary>
    public static DeploymentPipelineBuilder UseRolling(this DeploymentPipelineBuilder pipeline, Action<RollingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new RollingOptions();
        configure(options);
        return pipeline.UseRolling(options);
    }

    /// <summary>Rolling, with options.</summary>
    public static DeploymentPipelineBuilder UseRolling(this DeploymentPipelineBuilder pipeline, RollingOptions options)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(options);
        return pipeline.UseStrategy(new RollingStrategy(options), options.Reason);
    }
}
