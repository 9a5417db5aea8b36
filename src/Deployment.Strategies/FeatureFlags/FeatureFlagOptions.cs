using Deployment.Flags;
using Deployment.Runbooks;

namespace Deployment.Strategies.FeatureFlags;

/// <summary>Options of the feature flag strategy.</summary>
public sealed class FeatureFlagOptions
{
    /// <summary>The flag that the release's feature hides behind: 1 to 120 characters on one line. It must be there when the deployment is planned.</summary>
    public string Flag { get; set; } = "";

    /// <summary>Where the flag is kept, such as a <see cref="JsonFeatureFlagFile"/>. There is no default.</summary>
    public IFeatureFlagStore? Store { get; set; }

    /// <summary>Chooses the strategy that brings the release to its targets while the flag is closed. Default blue-green.</summary>
    public Action<DeploymentPipelineBuilder> Deploy { get; set; } = static part => part.UseBlueGreen();

    /// <summary>Who gets the flag in turn; the last stage is everyone. Default 10, 50 and 100% of the users.</summary>
    public IReadOnlyList<FlagStage> Stages { get; set; } = [FlagStage.Percent(10), FlagStage.Percent(50), FlagStage.Everyone];

    /// <summary>How long a stage lasts that doesn't say so itself, 0 to 7 days; default 5 minutes.</summary>
    public TimeSpan BakeTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long each change of the flag may take and how often it is tried.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>Why this strategy was chosen, for the runbook.</summary>
    public string Reason { get; set; } = "The release is deployed with its feature closed, which is then opened to more and more users while the checks pass: going back is closing it, without a deployment.";

    internal FeatureFlagOptions Copy()
    {
        var copy = (FeatureFlagOptions)MemberwiseClone();
        copy.Stages = Stages is null ? [] : [.. Stages];
        return copy;
    }
}
