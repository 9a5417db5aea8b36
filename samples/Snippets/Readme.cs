using Deployment;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Runbooks;

namespace Snippets;

/// <summary>The code of README.md. A test holds the two together.</summary>
public static class Readme
{
    public static async Task<DeploymentResult> DeployAsync(CancellationToken cancellationToken)
    {
        #region deploy
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(LocalTarget.Listening(8080))
            .UseBlueGreen(blueGreen => blueGreen.RollbackWindow = TimeSpan.FromMinutes(30))
            .RequireHealthy(health => health.Http("/health"))
            .SmokeTest("home page answers", smoke => smoke.Http("/"))
            .Build();

        Release release = Release.Of("shop", "2.4.0", Artifact.Process("dotnet", "Shop.dll", "--urls", "http://127.0.0.1:{port}"));

        Runbook runbook = await pipeline.PlanAsync(release, cancellationToken);
        Console.WriteLine(runbook.ToMarkdown());      // what a person reads, with the commands to do it by hand
        Console.WriteLine(runbook.Hash);              // what an approval is bound to

        DeploymentResult result = await pipeline.ExecuteAsync(runbook, cancellationToken);
        Console.WriteLine(result);
        #endregion
        return result;
    }

    public static async Task LaterAsync(DeploymentPipeline pipeline, string runId, CancellationToken cancellationToken)
    {
        #region later
        await pipeline.ResumeAllAsync(cancellationToken);               // go on with what a dead process left open
        await pipeline.RollBackAsync(version: null, cancellationToken); // go back to what was live before
        await pipeline.CompleteAsync(cancellationToken);                // remove what the rollback window no longer needs
        await pipeline.SignalAsync(runId, Deployment.Store.Signal.Abort("ada", "wrong build"), cancellationToken);
        #endregion
    }
}
