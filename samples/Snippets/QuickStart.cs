using Deployment;
using Deployment.Releases;
using Deployment.Runbooks;

namespace Snippets;

/// <summary>Code of docs/quickstart.md. A test holds the two together.</summary>
public static class QuickStart
{
    public static async Task<DeploymentResult> PlanThenExecuteAsync(DeploymentPipeline pipeline, Release release, CancellationToken cancellationToken)
    {
        #region plan
        Runbook runbook = await pipeline.PlanAsync(release, cancellationToken);
        await runbook.SaveAsync("plans/1.1.0", cancellationToken);
        DeploymentResult result = await pipeline.ExecuteAsync(runbook, cancellationToken);
        #endregion
        return result;
    }
}
