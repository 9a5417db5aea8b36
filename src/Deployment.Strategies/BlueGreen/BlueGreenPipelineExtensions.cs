using Deployment.Strategies.BlueGreen;

namespace Deployment;

/// <summary>Adds the blue-green strategy to a pipeline.</summary>
public static class BlueGreenPipelineExtensions
{
    /// <summary>Installs the release beside what runs, tries it, and switches all traffic in one step.</summary>
    public static DeploymentPipelineBuilder UseBlueGreen(this DeploymentPipelineBuilder pipeline) => pipeline.UseBlueGreen(new BlueGreenOptions());

    /// <summary>Blue-green, with options.</summary>
    public static DeploymentPipelineBuilder UseBlueGreen(this DeploymentPipelineBuilder pipeline, Action<BlueGreenOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new BlueGreenOptions();
        configure(options);
        return pipeline.UseBlueGreen(options);
    }

    /// <summary>Blue-green, with options.</summary>
    public static DeploymentPipelineBuilder UseBlueGreen(this DeploymentPipelineBuilder pipeline, BlueGreenOptions options)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(options);
        return pipeline.UseStrategy(new BlueGreenStrategy(options), options.Reason);
    }
}
