using Deployment.Strategies.Shadow;

namespace Deployment;

/// <summary>Adds the shadow strategy to a pipeline.</summary>
public static class ShadowPipelineExtensions
{
    /// <summary>Lets the release answer copies of all safe requests for 5 minutes, compares the answers with those of the users, and then switches all traffic in one step.</summary>
    public static DeploymentPipelineBuilder UseShadow(this DeploymentPipelineBuilder pipeline) => pipeline.UseShadow(new ShadowOptions());

    /// <summary>A shadow, with options.</summary>
    public static DeploymentPipelineBuilder UseShadow(this DeploymentPipelineBuilder pipeline, Action<ShadowOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new ShadowOptions();
        configure(options);
        return pipeline.UseShadow(options);
    }

    /// <summary>A shadow, with options.</summary>
    public static DeploymentPipelineBuilder UseShadow(this DeploymentPipelineBuilder pipeline, ShadowOptions options)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(options);
        return pipeline.UseStrategy(new ShadowStrategy(options), options.Reason);
    }
}
