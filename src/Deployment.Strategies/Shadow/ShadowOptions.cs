using Deployment.Runbooks;

namespace Deployment.Strategies.Shadow;

/// <summary>Options of the shadow strategy.</summary>
public sealed class ShadowOptions
{
    /// <summary>The share of the requests that the release gets a copy of, 1 to 100; default 100.</summary>
    public int Percent { get; set; } = 100;

    /// <summary>How long requests are copied before the answers are judged: more than 0, up to 7 days; default 5 minutes.</summary>
    public TimeSpan Time { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether requests whose method is not safe (POST, PUT, PATCH, DELETE and the like) are copied, too: what each of them does is done twice then, by
    /// the users' revision and by the release. Say so only where the release writes to a store of its own, or leaves copies out by the header that the
    /// target marks them with. Default false: GET, HEAD and OPTIONS alone.
    /// </summary>
    public bool AllMethods { get; set; }

    /// <summary>How many copies must have been answered or given up on before anything is said about them: 1 to 10,000,000; default 100. With less the run is held for a person.</summary>
    public int MinimumRequests { get; set; } = 100;

    /// <summary>The largest share of copies, in percent, that may be answered with another status than the user's, or not at all: 0 to 100; default 1.</summary>
    public double MaxDifferentPercent { get; set; } = 1;

    /// <summary>
    /// How many times as long as users copies may wait: the times within which 95% of the answers begin are compared. 1 to 1,000; default 1.5. Null: latency
    /// is shown and not judged.
    /// </summary>
    public double? MaxSlowdown { get; set; } = 1.5;

    /// <summary>A difference in latency that is never too much: 0 to 1 minute; default 20 milliseconds.</summary>
    public TimeSpan SlowdownTolerance { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Chooses the strategy that brings the release to users when its answers were well; it finds the release installed. Default blue-green. Null: the
    /// release is only tried, and removed again; the run brings nothing that could be gone back to.
    /// </summary>
    public Action<DeploymentPipelineBuilder>? Then { get; set; } = static part => part.UseBlueGreen();

    /// <summary>How long each effect may take and how often it is tried.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>Why this strategy was chosen, for the runbook.</summary>
    public string Reason { get; set; } = "The release answers copies of the users' requests first, and its answers are dropped: what it does with real requests is known before any user depends on it.";

    internal ShadowOptions Copy() => (ShadowOptions)MemberwiseClone();
}
