using CustomStrategy;
using Deployment;
using Deployment.Providers.Local;
using Deployment.Runbooks;
using Deployment.Store;
using QuickStart;

using var stop = new StopSignal();
string folder = Directory.CreateTempSubdirectory("rings-").FullName;
var host = new LocalHost(Path.Combine(folder, "local"));
try
{
    using var store = new FileDeploymentStore(Path.Combine(folder, "store"));
    LocalTarget target = LocalTarget.Listening(FreePort.Find(), local => local.StateFolder = host.StateFolder);
    var owner = new ReleaseOwner(store);

    #region compose
    DeploymentPipeline pipeline = DeploymentPipeline.Create("rings")
        .DeployTo(target)
        .UseRings(rings => rings.Rings =
        [
            new("internal", 1) { Watch = TimeSpan.FromSeconds(1) },
            new("early", 10) { Watch = TimeSpan.FromSeconds(1) },
            new("broad", 50) { Watch = TimeSpan.FromSeconds(1), Gate = "release owner" },
        ])
        .RequireHealthy(health => health.Http("/health").With(looks => looks.Interval = TimeSpan.FromMilliseconds(200)))
        .Check(new RingIsContent(target), Moment.Shifted)
        .UseStore(store)
        .ReportTo(owner)
        .Build();
    #endregion

    return await new Rollout(pipeline, target, owner).RunAsync(stop.Token);
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
finally
{
    await host.StopAsync(CancellationToken.None);
    Directory.Delete(folder, recursive: true);
}
