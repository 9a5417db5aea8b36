using System.Net;
using System.Net.Sockets;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Integration.Tests.Ports;

/// <summary>Somebody takes the public port after the plan was made and before the first release is routed.</summary>
[Category("Local")]
public sealed class TakenPortTests
{
    private static readonly RetryPolicy Once = new() { Attempts = 1, Timeout = TimeSpan.FromMinutes(1) };
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("dp-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Deploy_FirstReleaseAndThePortIsTaken_RollsBackAndNamesIt([Values] bool blueGreen)
    {
        int port = FreePort();
        using var thief = new TcpListener(IPAddress.Loopback, port);
        LocalTarget target = LocalTarget.Listening(port, local => local.StateFolder = Path.Combine(_folder, "l"));
        try
        {
            DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop").DeployTo(target).UseStore(new FileDeploymentStore(Path.Combine(_folder, "store")));
            builder = blueGreen ? builder.UseBlueGreen(options => options.Retry = Once) : builder.UseRecreate(options => options.Retry = Once);
            DeploymentPipeline pipeline = builder
                .Step("somebody takes the port", Moment.Start, step => step.Run((_, _) =>
                {
                    thief.Start();
                    return Task.CompletedTask;
                }).NothingToUndo())
                .Build();

            DeploymentResult result = await pipeline.DeployAsync(Release.Of("shop", "1.0.0", Artifact.Process("dotnet", "exec", Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Providers.Local.Tests.App.dll"))));

            result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.ToString());
            result.Reason.Should().Contain($"Port {port} of 127.0.0.1 is in use by process {Environment.ProcessId}");
            (await target.Host.StatusAsync(CancellationToken.None)).Should().BeEmpty();
        }
        finally
        {
            thief.Stop();
            await target.Host.StopAsync(CancellationToken.None);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
