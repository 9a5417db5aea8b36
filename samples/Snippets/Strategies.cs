using Deployment;
using Deployment.Providers.Local;
using Deployment.Strategies;
using Deployment.Strategies.Canary;
using Deployment.Strategies.FeatureFlags;
using Deployment.Strategies.Rolling;

namespace Snippets;

/// <summary>The code of docs/strategies.md. A test holds the two together.</summary>
public static class Strategies
{
    public static void BlueGreen(DeploymentPipelineBuilder pipeline)
    {
        #region blue-green
        pipeline.UseBlueGreen(blueGreen =>
        {
            blueGreen.Promotion = new ManualGate { Role = "release manager", Timeout = TimeSpan.FromHours(8) };
            blueGreen.BakeTime = TimeSpan.FromMinutes(15);
            blueGreen.RollbackWindow = TimeSpan.FromHours(2);
        });
        #endregion
    }

    public static DeploymentPipeline Preview()
    {
        #region preview
        LocalTarget target = LocalTarget.Listening(8080, local => local.Router.PreviewPort = 8081);
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(target)
            .UseBlueGreen()
            .SmokeTest("the cart works", smoke => smoke.Http($"{target.PreviewAddress}cart"))
            .Build();
        #endregion
        return pipeline;
    }

    public static void Canary(DeploymentPipelineBuilder pipeline)
    {
        #region canary
        pipeline.UseCanary(canary => canary.Steps = [10, 50, 100]);
        #endregion
    }

    public static void CarefulCanary(DeploymentPipelineBuilder pipeline)
    {
        #region careful-canary
        pipeline.UseCanary(canary =>
        {
            canary.Testers = new CanaryTesters { Time = TimeSpan.FromHours(1) };
            canary.Baseline = CanaryBaseline.WherePossible;
            canary.UnavailableWeight = UnavailableWeight.RoundDown;
            canary.Steps =
            [
                new CanaryStep { Weight = 1, BakeTime = TimeSpan.FromMinutes(30) },
                10,
                new CanaryStep { Weight = 50, Gate = new ManualGate { Role = "release manager" } },
                100,
            ];
        });
        #endregion
    }

    public static void Rolling(DeploymentPipelineBuilder pipeline)
    {
        #region rolling
        pipeline.UseRolling(rolling =>
        {
            rolling.MaxUnavailable = 1;
            rolling.MaxSurge = RollingAmount.Percent(25);
            rolling.PauseBetween = TimeSpan.FromMinutes(2);
        });
        #endregion
    }

    public static void Shadow(DeploymentPipelineBuilder pipeline)
    {
        #region shadow
        pipeline.UseShadow(shadow =>
        {
            shadow.Time = TimeSpan.FromMinutes(15);
            shadow.MaxDifferentPercent = 0.5;
            shadow.MaxSlowdown = 1.2;
            shadow.Then = part => part.UseCanary(canary => canary.Steps = [10, 100]);
        });
        #endregion
    }

    public static void FeatureFlag(DeploymentPipelineBuilder pipeline)
    {
        #region feature-flag
        pipeline.UseFeatureFlag(flag =>
        {
            flag.Flag = "new-checkout";
            flag.Store = new JsonFeatureFlagFile("/etc/shop/flags.json");
            flag.Deploy = part => part.UseCanary(canary => canary.Steps = [10, 100]);
            flag.Stages =
            [
                FlagStage.Users("ada", "bob"),
                FlagStage.Groups("internal") with { BakeTime = TimeSpan.FromDays(1) },
                FlagStage.Percent(10),
                FlagStage.Everyone with { Gate = new ManualGate { Role = "product owner" } },
            ];
        });
        #endregion
    }
}
