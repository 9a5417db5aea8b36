using Deployment.Analysis;
using Deployment.Providers.HAProxy.Tests.Support;
using Deployment.Releases;
using Deployment.Store;

namespace Deployment.Providers.HAProxy.Tests.Real;

/// <summary>Whole deployments by the engine, routed and judged by HAProxy alone.</summary>
[Category("HAProxy")]
public sealed class PipelineTests
{
    private static readonly TimeSpan _bake = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, Instance> _instances = [];
    private readonly InMemoryDeploymentStore _store = new();
    private World _world = null!;
    private RoutedServers _target = null!;

    [SetUp]
    public async Task Start()
    {
        _world = await World.StartAsync();
        _target = new RoutedServers("shop-servers", _world.Router, revision => [_instances[revision.Version].At("1")]);
    }

    [TearDown]
    public async Task Stop() => await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Canary_WatchedByHAProxysCounters_GoodOnePassesAndBadOneGoesBack()
    {
        _instances["1.0.0"] = (await _world.RunAsync("1.0.0"))[0];
        _instances["1.1.0"] = (await _world.RunAsync("1.1.0"))[0];
        _instances["1.2.0"] = (await _world.RunAsync("1.2.0"))[0];
        (await DeployAsync("1.0.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        await using var load = new Load(_world.Url("ms/5"));

        DeploymentResult good = await DeployAsync("1.1.0");
        good.Outcome.Should().Be(DeploymentOutcome.Succeeded, good.Reason);
        (await _world.TextAsync()).Should().Be("shop_1.1.0_1");
        load.Failures.Should().BeEmpty();

        _instances["1.2.0"].FailsAll = true;
        DeploymentResult bad = await DeployAsync("1.2.0");
        bad.Outcome.Should().Be(DeploymentOutcome.RolledBack, bad.Reason);
        bad.Reason.Should().Contain("error rate");
        (await _world.TallyAsync(50)).Keys.Should().Equal("shop_1.1.0_1");
        load.Failures.Should().Equal("InternalServerError");
    }

    private void Watch(MonitorBuilder monitor) => monitor.From(_world.Router).RollBackWhen(Metric.ErrorRate.IsAbove(0.10)).With(options =>
    {
        options.WarmUp = TimeSpan.Zero;
        options.Intensive = TimeSpan.Zero;
        options.LongestWait = TimeSpan.FromSeconds(20);
    });

    private async Task<DeploymentResult> DeployAsync(string version)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop")
            .DeployTo(_target)
            .UseCanary(canary =>
            {
                canary.Steps = [50, 100];
                canary.BakeTime = version == "1.0.0" ? TimeSpan.Zero : _bake;
                canary.RollbackWindow = TimeSpan.Zero;
            })
            .UseStore(_store);
        DeploymentPipeline pipeline = (version == "1.0.0" ? builder : builder.Monitor(_bake, Watch)).Build();
        return await pipeline.DeployAsync(Release.Of("shop", version, Artifact.Process("shop")), patience.Token);
    }
}
