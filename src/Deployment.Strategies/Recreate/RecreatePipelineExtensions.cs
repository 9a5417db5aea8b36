using Deployment.Strategies.Recreate;

namespace Deployment;

/// <summary>Adds the recreate strategy to a pipeline.</summary>
public static class RecreatePipelineExtensions
{
    /// <summary>Replaces what runs in place: the old revision stops, then the new one starts. Users may notice a gap.</summary>
    public static DeploymentPipelineBuilder UseRecreate(this DeploymentPipelineBuilder pipeline) => pipeline.UseRecreate(new RecreateOptions());

    /// <summary>Replaces what runs in place, with options.</summary>
    public static DeploymentPipelineBuilder UseRecreate(this DeploymentPipelineBuilder pipeline, Action<RecreateOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new RecreateOptions();
        configure(options);
        return pipeline.UseRecreate(options);
    }

    /// <summary>Replaces what runs in place, with options.</summary>
    public static DeploymentPipelineBuilder UseRecreate(this DeploymentPipelineBuilder pipeline, RecreateOptions options)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(options);
        return pipeline.UseStrategy(new RecreateStrategy(options), options.Reason);
    }
}
