using Deployment;
using Deployment.Releases;
using Deployment.Targets;

namespace Snippets;

/// <summary>The code of docs/services.md. A test holds the two together.</summary>
public static class Services
{
    public static async Task DeployAsync(DeploymentTarget apiTarget, DeploymentTarget webTarget, Artifact apiArtifact, Artifact webArtifact, CancellationToken cancellationToken)
    {
        #region compose
        DeploymentPipeline platform = DeploymentPipeline.Create("platform")
            .Service("api", api => api
                .DeployTo(apiTarget)
                .UseBlueGreen()
                .RequireHealthy(health => health.Http("/health")))
            .Service("web", web => web
                .DeployTo(webTarget)
                .UseCanary(canary => canary.Steps = [10, 100])
                .RequireHealthy(health => health.Http("/health"))
                .SmokeTest("home page answers", smoke => smoke.Http("/")))
            .RequireApproval()
            .Build();
        #endregion

        #region deploy
        Release api = Release.Of("api", "2.4.0", apiArtifact);
        Release web = Release.Of("web", "5.0.0", webArtifact).Requires("api", "[2.1,3.0)");
        DeploymentResult result = await platform.DeployAsync([web, api], cancellationToken);   // api first
        #endregion
        Console.WriteLine(result);
    }
}
