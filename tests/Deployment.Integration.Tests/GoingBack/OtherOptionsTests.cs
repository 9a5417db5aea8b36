using System.Net;
using System.Net.Sockets;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Integration.Tests.GoingBack;

/// <summary>The deployer of a release that fails has other options than the one that brought what runs: that runs again as it did.</summary>
[Category("Local")]
public sealed class OtherOptionsTests
{
    private static readonly RetryPolicy Once = new() { Attempts = 1, Timeout = TimeSpan.FromMinutes(1) };
    private string _folder = "";
    private int _port;

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("do-").FullName;
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        _port = ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [TearDown]
    public async Task StopAndRemoveFolder()
    {
        await Target(1).Host.StopAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Deploy_FailsWithOtherOptions_OldRevisionServesAsItDid([Values] bool blueGreen)
    {
        (await Pipeline(blueGreen, instances: 1, fails: false).DeployAsync(Version("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        DeploymentResult result = await Pipeline(blueGreen, instances: 2, fails: true).DeployAsync(Version("1.1.0"));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        LocalTarget target = Target(1);
        (await target.ObserveAsync(CancellationToken.None)).Traffic.ToString().Should().Be("shop_1.0.0_1=100");
        (await target.Host.StatusAsync(CancellationToken.None)).Should().ContainSingle().Which.Revision.Version.Should().Be("1.0.0");
        using var client = new HttpClient();
        (await client.GetAsync(new Uri($"http://127.0.0.1:{_port}/"))).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private DeploymentPipeline Pipeline(bool blueGreen, int instances, bool fails)
    {
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop").DeployTo(Target(instances)).UseStore(new FileDeploymentStore(Path.Combine(_folder, "store")));
        builder = blueGreen ? builder.UseBlueGreen(options => options.Retry = Once) : builder.UseRecreate(options => options.Retry = Once);
        return builder.Step("users try it", Moment.Shifted, step => step
            .Run((_, _) => fails ? throw new DeploymentException("They don't like it.") : Task.CompletedTask)
            .NothingToUndo()).Build();
    }

    private LocalTarget Target(int instances) => LocalTarget.Listening(_port, local =>
    {
        local.StateFolder = Path.Combine(_folder, "l");
        local.Instances = instances;
    });

    private static Release Version(string version) =>
        Release.Of("shop", version, Artifact.Process("dotnet", "exec", Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Providers.Local.Tests.App.dll")));
}
