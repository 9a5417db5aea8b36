using Deployment.Strategies.FeatureFlags;

namespace Deployment;

/// <summary>Adds the feature flag strategy to a pipeline.</summary>
public static class FeatureFlagPipelineExtensions
{
    /// <summary>Deploys with a feature closed, and opens its flag in stages while the checks pass.</summary>
    public static DeploymentPipelineBuilder UseFeatureFlag(this DeploymentPipelineBuilder pipeline, Action<FeatureFlagOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new FeatureFlagOptions();
        configure(options);
        return pipeline.UseFeatureFlag(options);
    }

    /// <summary>Deploys with a feature closed, and opens its flag in stages while the checks pass.</summary>
    public static DeploymentPipelineBuilder UseFeatureFlag(this DeploymentPipelineBuilder pipeline, FeatureFlagOptions options)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(options);
        FlagResource? resource = FlagResource.Of(options);
        if (resource is not null)
        {
            pipeline.UseResource(resource);
        }

        return pipeline.UseStrategy(new FeatureFlagStrategy(options, resource), options.Reason);
    }
}
