using Deployment;
using Deployment.Providers.Local;
using Deployment.Store;
using QuickStart;
using QuickStart.Options;

try
{
    QuickStartOptions options = QuickStartOptions.Parse(args);
    if (options.Help)
    {
        Console.WriteLine(QuickStartOptions.HelpText);
        return ExitCode.Success;
    }

    return await RunAsync(options);
}
catch (OptionsException error)
{
    Console.Error.WriteLine(error.Message);
    return ExitCode.Usage;
}
catch (DeploymentException error)
{
    Console.Error.WriteLine(error.Message);
    return ExitCode.Failure;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped. Nothing is left running.");
    return ExitCode.Stopped;
}

static async Task<int> RunAsync(QuickStartOptions options)
{
    using var stop = new StopSignal();
    using Workspace workspace = await Workspace.OpenAsync(stop.Token);
    var progress = new LiveProgress();
    using var store = new FileDeploymentStore(workspace.Store);

    Deployable app = Deployable.Of(options);
    #region compose
    LocalTarget target = LocalTarget.Listening(FreePort.Find(), local => local.StateFolder = workspace.Local);

    DeploymentPipeline pipeline = DeploymentPipeline.Create("quickstart")
        .DeployTo(target)
        .UseBlueGreen()
        .RequireHealthy(health => health.Http(app.HealthPath).With(looks => looks.Interval = TimeSpan.FromMilliseconds(200)))
        .SmokeTest("home page answers", smoke => smoke.Http(app.HomePath))
        .UseStore(store)
        .ReportTo(progress)
        .Build();
    #endregion

    try
    {
        var tour = new Tour(pipeline, target, app, workspace, progress);
        return await tour.RunAsync(options.Stay, stop.Token);
    }
    finally
    {
        await workspace.StopAsync();
    }
}
