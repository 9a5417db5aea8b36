using Deployment;
using Deployment.Providers.Local;
using Deployment.Runbooks;
using Deployment.Store;

namespace Snippets;

/// <summary>The code of docs/approve-from-another-process.md. A test holds the two together.</summary>
public static class Approvals
{
    #region compose
    public static DeploymentPipeline Shop() => DeploymentPipeline.Create("shop")
        .DeployTo(LocalTarget.Listening(8080))
        .UseBlueGreen()
        .RequireHealthy(health => health.Http("/health"))
        .RequireApproval(role: "release manager", timeout: TimeSpan.FromHours(4))
        .UseStore(new FileDeploymentStore("/srv/deployments"))
        .Build();
    #endregion

    public static async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        #region read
        DeploymentPipeline pipeline = Shop();
        DeploymentStatus status = await pipeline.StatusAsync(cancellationToken);
        Console.WriteLine(status.ToMarkdown());                    // which runs are open, and who drives them

        string runId = status.OpenRuns.Single().Id;               // throws when no run is open
        Runbook runbook = await pipeline.ReadRunbookAsync(runId, cancellationToken);
        Console.WriteLine(runbook.ToMarkdown());                   // what the approval is for
        Console.WriteLine(runbook.Hash);
        #endregion
        return runId;
    }

    public static async Task DecideAsync(string runId, string hash, CancellationToken cancellationToken)
    {
        #region decide
        DeploymentPipeline pipeline = Shop();
        await pipeline.SignalAsync(runId, Signal.Approve("ada", hash), cancellationToken);   // or Signal.Reject("ada", "not on a Friday")
        #endregion
    }
}
