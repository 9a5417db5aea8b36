using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Store;
using QuickStart.Load;

namespace Deployment.Samples.Tests;

/// <summary>The load of the QuickStart, which counts every failed request, over whole deployments that retire the old revision at once.</summary>
[Category("Local")]
public sealed class SwitchUnderLoadTests
{
    private string _folder = null!;
    private int _port;

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("ds-").FullName;
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        _port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    [TearDown]
    public async Task EndEverythingAsync()
    {
        await new LocalHost(_folder).StopAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task Deploy_TwentyTimesUnderLoad_NoRequestFails(CancellationToken cancellationToken)
    {
        LoadCounts counts = await DeployAsync(20, _ => { }, cancellationToken);

        counts.Failures.Should().BeEmpty();
        counts.Failed.Should().Be(0);
        counts.ByVersion.Should().HaveCount(21).And.OnlyContain(version => version.Value > 0);
    }

    // The negative control: the same load and the same count, with the wait for requests in flight turned off.
    [Test]
    [CancelAfter(240_000)]
    public async Task Deploy_WithoutDrain_RequestsFail(CancellationToken cancellationToken)
    {
        LoadCounts counts = await DeployAsync(
            3,
            local =>
            {
                local.DrainDeadline = TimeSpan.Zero;
                local.StopGrace = TimeSpan.Zero;
            },
            cancellationToken);

        counts.Failed.Should().BePositive();
    }

    private async Task<LoadCounts> DeployAsync(int switches, Action<LocalTargetOptions> configure, CancellationToken cancellationToken)
    {
        using var store = new FileDeploymentStore(Path.Combine(_folder, "store"));
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(LocalTarget.Listening(_port, local =>
            {
                local.StateFolder = _folder;
                configure(local);
            }))
            .UseBlueGreen(blueGreen => blueGreen.RollbackWindow = TimeSpan.Zero)
            .UseStore(store)
            .Build();
        await DeployAsync(pipeline, 0, cancellationToken);
        var serving = new ServingVersions(areTold: true);
        serving.Allow(Version(0));
        await using var load = new LoadGenerator(new LoadOptions { Port = _port, SlowPath = "/?milliseconds=1000", Connections = 60 }, serving);
        for (int number = 1; number <= switches; number++)
        {
            serving.Allow(Version(number - 1), Version(number));
            await DeployAsync(pipeline, number, cancellationToken);
            (await pipeline.CompleteAsync(cancellationToken)).Should().ContainSingle("the old revision is retired at once").Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
            serving.Allow(Version(number));
            await AnsweredAsync(load, Version(number), cancellationToken);
        }

        return await load.StopAsync();
    }

    private static string Version(int number) => $"1.{number}.0";

    private static async Task DeployAsync(DeploymentPipeline pipeline, int number, CancellationToken cancellationToken)
    {
        Artifact app = Artifact.Process("dotnet", "QuickStart.App.dll").In(Path.Combine(Repository.QuickStart, "app"));
        DeploymentResult result = await pipeline.DeployAsync(Release.Of("shop", Version(number), app).WithSetting("SHOP_VERSION", Version(number)), cancellationToken);
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }

    private static async Task AnsweredAsync(LoadGenerator load, string version, CancellationToken cancellationToken)
    {
        while (load.Counts.ByVersion.GetValueOrDefault(version) < 50)
        {
            await Task.Delay(20, cancellationToken);
        }
    }
}
