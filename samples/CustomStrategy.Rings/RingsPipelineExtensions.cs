using CustomStrategy.Rings;

namespace Deployment;

#region extension
/// <summary>Adds the rings strategy to a pipeline.</summary>
public static class RingsPipelineExtensions
{
    /// <summary>Gives the release to one ring of users after the other.</summary>
    public static DeploymentPipelineBuilder UseRings(this DeploymentPipelineBuilder pipeline) => pipeline.UseRings(new RingsOptions());

    /// <summary>Rings, with options.</summary>
    public static DeploymentPipelineBuilder UseRings(this DeploymentPipelineBuilder pipeline, Action<RingsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new RingsOptions();
        configure(options);
        return pipeline.UseRings(options);
    }

    /// <summary>Rings, with options.</summary>
    public static DeploymentPipelineBuilder UseRings(this DeploymentPipelineBuilder pipeline, RingsOptions options)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(options);
        return pipeline.UseStrategy(new RingsStrategy(options), options.Reason);
    }
}
#endregion
