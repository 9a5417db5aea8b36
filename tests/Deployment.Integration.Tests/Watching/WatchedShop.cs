using System.Globalization;
using Deployment.Analysis;
using Deployment.Integration.Tests.Support;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Integration.Tests.Watching;

/// <summary>A shop of real processes behind the router, whose releases are canaries that a monitor watches by the router's own counters.</summary>
internal sealed class WatchedShop : IAsyncDisposable
{
    internal const int RequestsPerSecond = 100;

    private readonly string _folder = Directory.CreateTempSubdirectory("dw-").FullName;
    private readonly LocalTarget _target;
    private readonly TimeSpan _bake;
    private readonly bool _watches;

    private WatchedShop(TimeSpan bake, bool watches)
    {
        Port = LiveWorld.FreePort();
        _bake = bake;
        _watches = watches;
        _target = LocalTarget.Listening(Port, local => local.StateFolder = Path.Combine(_folder, "l"));
    }

    internal int Port { get; }

    /// <param name="bake">How long each share is watched.</param>
    /// <param name="watches">Whether anybody looks: false for the control, which only waits.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<WatchedShop> OpenAsync(TimeSpan bake, bool watches, CancellationToken cancellationToken)
    {
        var shop = new WatchedShop(bake, watches);
        DeploymentResult first = await shop.Pipeline(watched: false, TimeSpan.Zero).DeployAsync(Release("1.0.0", 0), cancellationToken);
        first.Outcome.Should().Be(DeploymentOutcome.Succeeded, first.Reason);
        return shop;
    }

    internal Task<DeploymentResult> DeployAsync(string version, int failingPercent, CancellationToken cancellationToken) =>
        Pipeline(_watches, _bake).DeployAsync(Release(version, failingPercent), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _target.Host.StopAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    private static Release Release(string version, int failingPercent) => Releases.Release
        .Of("shop", version, Artifact.Process("dotnet", "exec", Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Providers.Local.Tests.App.dll")).In(Path.GetTempPath()))
        .WithSetting("VERSION", version)
        .WithSetting("FAILING_PERCENT", failingPercent.ToString(CultureInfo.InvariantCulture));

    private DeploymentPipeline Pipeline(bool watched, TimeSpan bake)
    {
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop")
            .DeployTo(_target)
            .UseCanary(canary =>
            {
                canary.Steps = [50, 100];
                canary.BakeTime = bake;
                canary.RollbackWindow = TimeSpan.Zero;
            })
            .RequireHealthy(health => health.Http("/health"))
            .UseStore(new FileDeploymentStore(Path.Combine(_folder, "store")));
        return (watched ? builder.Monitor(bake, Rules) : builder).Build();
    }

    private static void Rules(MonitorBuilder monitor) => monitor
        .RollBackWhen(Metric.ErrorRate.IsAbove(0.10))
        .RollBackWhen(Metric.ErrorRate.IsWorseThanBaseline())
        .With(options => options.Intensive = TimeSpan.Zero);
}
