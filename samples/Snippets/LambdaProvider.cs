using Deployment;
using Deployment.Analysis;
using Deployment.Providers.Aws.Lambda;
using Deployment.Releases;

namespace Snippets;

/// <summary>The code of docs/providers/lambda.md. A test holds the two together.</summary>
public static class LambdaProvider
{
    public static (DeploymentPipeline Pipeline, Release Release) Compose()
    {
        #region lambda
        LambdaTarget target = LambdaTarget.Alias("shop", "live", "shop-live", lambda =>
        {
            lambda.Aws.Region = "eu-central-1";
            lambda.MemoryMegabytes = 512;
        });

        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(target)
            .UseCanary(canary =>
            {
                canary.Steps = [10, 50, 100];
                canary.BakeTime = TimeSpan.FromMinutes(10);
            })
            .SmokeTest("answers", smoke => smoke.Invoke("""{"path":"/health"}""", invoke => invoke.StatusCode = 200))
            .Build();

        Release release = Release.Of("shop", "2.4.0", LambdaCode.Folder("publish"))
            .WithSetting("TABLE", "orders");
        #endregion
        return (pipeline, release);
    }

    public static Artifact[] Code()
    {
        #region lambda-code
        Artifact folder = LambdaCode.Folder("publish");
        Artifact zip = LambdaCode.Zip("shop-2.4.0.zip");
        Artifact large = LambdaCode.S3("shop-releases", "shop-2.4.0.zip");
        Artifact image = Artifact.Image("123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:2.4.0");
        #endregion
        return [folder, zip, large, image];
    }

    public static void Check(DeploymentPipelineBuilder pipeline)
    {
        #region lambda-checks
        pipeline.SmokeTest("orders can be listed", smoke => smoke.Invoke("""{"action":"list-orders","limit":1}""", invoke =>
        {
            invoke.Text = "orders";
            invoke.Expect("there is an order", answer => answer.GetProperty("orders").GetArrayLength() == 1);
        }));
        #endregion
    }

    public static void Watch(DeploymentPipelineBuilder pipeline)
    {
        #region lambda-monitor
        pipeline.Monitor(TimeSpan.FromMinutes(10), monitor => monitor
            .RollBackWhen(Metric.ErrorRate.IsAbove(0.02) with { MinimumSamples = 200, Window = TimeSpan.FromHours(6) })
            .InvestigateWhen(LambdaMetric.Throttles.IsAbove(0) with { Window = TimeSpan.FromMinutes(10) })
            .With(watch =>
            {
                watch.Interval = TimeSpan.FromSeconds(30);
                watch.StaleAfter = TimeSpan.FromMinutes(5);
                watch.OnMissingData = MissingDataAction.Wait;
                watch.LongestWait = TimeSpan.FromHours(6);
                watch.Intensive = TimeSpan.Zero;
            }));
        #endregion
    }

    public static LambdaTarget Warm()
    {
        #region lambda-warm
        LambdaTarget target = LambdaTarget.Alias("shop", "live", "shop-live", lambda =>
        {
            lambda.Aws.Profile = "shop";
            lambda.Aws.Role = "arn:aws:iam::123456789012:role/deployer";
            lambda.ProvisionedConcurrency = 10;
            lambda.ReadyTimeout = TimeSpan.FromMinutes(4);
        });
        #endregion
        return target;
    }
}
