using Deployment;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Waves;

namespace Snippets;

/// <summary>The code of docs/waves.md. A test holds the two together.</summary>
public static class ManyTargets
{
    public static DeploymentPipeline Compose(IReadOnlyList<(DeploymentTarget Target, string Region)> hosts)
    {
        #region compose
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop")
            .UseBlueGreen()
            .RequireHealthy(health => health.Http("/health"))
            .InWaves(waves =>
            {
                waves.Waves = [Wave.Next(1), Wave.Tagged("eu"), Wave.UpTo(50) with { MaxFailures = 2 }, Wave.Rest() with { ApprovalBy = "release manager" }];
                waves.MaxConcurrency = 8;
                waves.BakeTime = TimeSpan.FromMinutes(10);
                waves.KeepFinished = true;
            });
        foreach ((DeploymentTarget target, string region) in hosts)
        {
            builder.DeployTo(target, region);
        }

        DeploymentPipeline pipeline = builder.Build();
        #endregion
        return pipeline;
    }

    public static async Task RetryAsync(DeploymentPipeline pipeline, DeploymentResult result, CancellationToken cancellationToken)
    {
        #region retry
        if (result.Outcome == DeploymentOutcome.PartlySucceeded)
        {
            result = await pipeline.RetryAsync(result.RunId, cancellationToken);   // only where it failed or never came to
        }
        #endregion
        Console.WriteLine(result);
    }
}
