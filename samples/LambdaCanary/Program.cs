using Deployment;
using Deployment.Providers.Aws.Lambda;
using Deployment.Releases;
using Deployment.Store;
using DockerCanary;
using LambdaCanary;
using QuickStart;

if (Arguments.Parse(args) is not { } told)
{
    Console.Error.WriteLine(Arguments.Usage);
    return ExitCode.Usage;
}

using var stop = new StopSignal();
try
{
    #region lambda-canary
    LambdaTarget target = LambdaTarget.Alias(told.Function, "live", "live");
    using var store = new FileDeploymentStore(Path.Combine(Environment.CurrentDirectory, "deployments"));
    DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
        .DeployTo(target)
        .UseCanary(canary =>
        {
            canary.Steps = [10, 50, 100];
            canary.BakeTime = TimeSpan.FromSeconds(5);
        })
        .SmokeTest("answers", smoke => smoke.Invoke("""{"say":"hello"}""", invoke => invoke.Text = "hello"))
        .UseStore(store)
        .ReportTo(new Progress())
        .Build();

    Release release = Release.Of("shop", told.Version, LambdaCode.Folder(told.Folder));
    #endregion

    if (told.PlanOnly)
    {
        Console.WriteLine((await pipeline.PlanAsync(release, cancellationToken: stop.Token)).ToMarkdown());
        return ExitCode.Success;
    }

    // What a process that died left open comes first, and is all that is done then.
    IReadOnlyList<DeploymentResult> left = await pipeline.ResumeAllAsync(stop.Token);
    DeploymentResult result = left.Count > 0 ? left[^1] : await pipeline.DeployAsync(release, cancellationToken: stop.Token);
    Console.WriteLine($"{(left.Count > 0 ? "What was left open" : told.Version)}: {result}");
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
