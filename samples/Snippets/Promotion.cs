using Deployment;
using Deployment.Environments;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Snippets;

/// <summary>The code of docs/promotion.md. A test holds the two together.</summary>
public static class Promotion
{
    public static DeploymentPromotion Compose()
    {
        #region compose
        var store = new FileDeploymentStore("/srv/deployments");
        DeploymentPipelineBuilder Shop(string environment, int port, EnvironmentPolicy policy) => DeploymentPipeline.Create("shop")
            .InEnvironment(environment, policy)
            .DeployTo(LocalTarget.Listening(port))
            .UseCanary()
            .RequireHealthy(health => health.Http("/health"))
            .SmokeTest("integration", smoke => smoke.Http("/orders"), critical: true)
            .SmokeTest("performance", smoke => smoke.Command("shop-load", "--url", "{address}", "--p99", "200ms"))
            .UseStore(store);

        var window = DeploymentWindow.Weekdays(new TimeOnly(9, 0), new TimeOnly(16, 0), "Europe/Berlin");
        DeploymentPromotion promotion = DeploymentPromotion.Through(
            Shop("development", 8081, EnvironmentPolicy.Development).Build(),
            Shop("staging", 8082, EnvironmentPolicy.Staging).Build(),
            Shop("production", 8080, EnvironmentPolicy.Production(window)).Build());
        #endregion
        return promotion;
    }

    public static async Task PromoteAsync(DeploymentPromotion promotion, string sha256, CancellationToken cancellationToken)
    {
        #region promote
        Release release = Release.Of("shop", "2.4.0", Artifact.Process("dotnet", "{release}/Shop.dll", "--urls", "http://127.0.0.1:{port}").From("/builds/shop-2.4.0.zip", sha256))
            with { Tag = "v2.4.0" };

        IReadOnlyList<DeploymentResult> results = await promotion.PromoteAsync(release, to: "production", cancellationToken);
        #endregion
        Console.WriteLine(results.Count);
    }

    public static async Task AgainAsync(DeploymentPipeline staging, Release release, CancellationToken cancellationToken)
    {
        #region again
        await staging.DeployAsync(release, RunOverrides.AllowRolledBack("the database was down, not the release"), cancellationToken);
        #endregion
    }

    public static async Task HotfixAsync(DeploymentPipeline production, Release release, CancellationToken cancellationToken)
    {
        #region hotfix
        Runbook runbook = await production.PlanAsync(release, RunOverrides.Hotfix("checkout fails for everyone, INC-4711"), cancellationToken);
        foreach (string leftOut in runbook.Hotfix!.LeftOut)
        {
            Console.WriteLine(leftOut);
        }

        DeploymentResult result = await production.ExecuteAsync(runbook, cancellationToken);
        #endregion
        Console.WriteLine(result);
    }
}
