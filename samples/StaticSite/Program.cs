using Deployment;
using Deployment.Providers.Aws.Sites;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using DockerCanary;
using QuickStart;
using StaticSite;

if (Arguments.Parse(args) is not { } told)
{
    Console.Error.WriteLine(Arguments.Usage);
    return ExitCode.Usage;
}

using var stop = new StopSignal();
try
{
    #region static-site
    S3SiteTarget target = told.Distribution is { } distribution
        ? S3SiteTarget.Atomic(told.Bucket, distribution, told.Bucket, site => site.Files.Prefix = "www/")
        : S3SiteTarget.InPlace(told.Bucket, told.Bucket, site => site.Files.Prefix = "www/");
    using var store = new FileDeploymentStore(Path.Combine(Environment.CurrentDirectory, "deployments"));
    DeploymentPipelineBuilder builder = DeploymentPipeline.Create("site").DeployTo(target).UseStore(store).ReportTo(new Progress());
    DeploymentPipeline pipeline = (told.Distribution is null
        ? builder.UseRecreate()
        // An origin's path takes minutes to reach all edges.
        : builder.UseBlueGreen(blueGreen => blueGreen.Retry = new RetryPolicy { Timeout = TimeSpan.FromMinutes(30) })).Build();

    Runbook runbook = told.Folder is { } folder
        ? await pipeline.PlanAsync(Release.Of("site", told.Version, S3Site.Folder(folder)), stop.Token)
        : await pipeline.PlanRollBackAsync(told.Version, stop.Token);
    #endregion

    if (told.PlanOnly)
    {
        Console.WriteLine(runbook.ToMarkdown());
        return ExitCode.Success;
    }

    DeploymentResult result = await pipeline.ExecuteAsync(runbook, stop.Token);
    Console.WriteLine($"{told.Version}: {result}");
    return result.Outcome == DeploymentOutcome.Succeeded ? ExitCode.Success : ExitCode.Failure;
}
catch (DeploymentException error)
{
    Console.Error.WriteLine(error.Message);
    return ExitCode.Failure;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped.");
    return ExitCode.Stopped;
}
