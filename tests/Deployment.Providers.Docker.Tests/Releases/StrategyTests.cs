using Deployment.Analysis;
using Deployment.Providers.Docker.Tests.Support;
using Deployment.Providers.Docker.Tests.Targets;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Strategies;

namespace Deployment.Providers.Docker.Tests.Releases;

/// <summary>Whole deployments by each strategy, behind a real HAProxy, while users ask.</summary>
[Category("HAProxy")]
public sealed class StrategyTests : DockerTest
{
    private static readonly string[] Strategies = ["blue-green", "canary", "rolling", "recreate"];

    [TestCaseSource(nameof(Strategies))]
    public Task Deploy_UnderLoad_LosesNoRequest(string strategy) => SwitchAsync(strategy, 3);

    [TestCaseSource(nameof(Strategies))]
    [Category("Soak")]
    public Task Deploy_HundredTimesUnderLoad_LosesNoRequest(string strategy) => SwitchAsync(strategy, 100);

    [Test]
    public async Task Deploy_WithoutDrain_LosesRequests()
    {
        await using RoutedSite site = await RoutedSite.StartAsync(router => router.DrainDeadline = TimeSpan.Zero);
        DeploymentPipeline pipeline = Compose(site, "blue-green", new InMemoryDeploymentStore(), docker => docker.StopGrace = TimeSpan.Zero);
        await DeployAsync(pipeline, "1.0.0");
        await using Load load = await Load.StartAsync(site.Address + "slow?ms=3000", new LoadOptions { Users = 8 });
        await DeployAsync(pipeline, "1.1.0");
        LoadReport report = await load.StopAsync();
        await TestContext.Out.WriteLineAsync(report.ToString());
        report.Failures.Should().NotBeEmpty("what is in flight is cut when nothing waits for it");
    }

    [Test]
    public async Task Deploy_FailingRelease_IsTakenBackByWhatHAProxyCounts()
    {
        await using RoutedSite site = await RoutedSite.StartAsync();
        var store = new InMemoryDeploymentStore();
        DeploymentPipeline pipeline = Builder(site, store, null)
            .UseCanary(canary =>
            {
                canary.Steps = [10, 100];
                canary.BakeTime = TimeSpan.FromSeconds(30);
            })
            .Monitor(TimeSpan.FromSeconds(2), monitor => monitor
                .RollBackWhen(Metric.ErrorRate.IsAbove(0.20))
                .With(options =>
                {
                    options.Interval = TimeSpan.FromMilliseconds(250);
                    options.WarmUp = TimeSpan.Zero;
                    options.Intensive = TimeSpan.FromSeconds(1);
                }))
            .Build();
        // Before there are users nothing could be measured.
        await DeployAsync(Compose(site, "blue-green", store, null), "1.0.0");
        await using Load load = await Load.StartAsync(site.Address, new LoadOptions { Users = 8 });
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        DeploymentResult result = await pipeline.DeployAsync(await ReleaseAsync("1.1.0", release => release.WithSetting("FAIL_PERCENT", "100")), deadline.Token);
        LoadReport report = await load.StopAsync();
        await TestContext.Out.WriteLineAsync($"{result}\n{report}");
        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        report.Of("1.0.0").Should().BePositive();
        (await pipeline.StatusAsync(CancellationToken.None)).ToString().Should().Contain("shop_1.0.0_1");
        (await TargetOf(site, null).ObserveAsync(CancellationToken.None)).Revisions.Should().ContainSingle().Which.Id.Version.Should().Be("1.0.0");
    }

    [Test]
    public async Task RollBack_AfterSuccess_LosesNoRequest()
    {
        await using RoutedSite site = await RoutedSite.StartAsync();
        DeploymentPipeline pipeline = Builder(site, new InMemoryDeploymentStore(), null).UseBlueGreen(blueGreen => blueGreen.RollbackWindow = TimeSpan.FromHours(1)).Build();
        await DeployAsync(pipeline, "1.0.0");
        await DeployAsync(pipeline, "1.1.0");
        await using Load load = await Load.StartAsync(site.Address);
        (await pipeline.RollBackAsync(cancellationToken: CancellationToken.None)).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        await load.MoreAsync(200);
        LoadReport report = await load.StopAsync();
        report.Failures.Should().BeEmpty();
        (await GetAsync(new Uri(site.Address))).Should().Be("1.0.0");
    }

    private async Task SwitchAsync(string strategy, int switches)
    {
        await using RoutedSite site = await RoutedSite.StartAsync();
        DeploymentPipeline pipeline = Compose(site, strategy, new InMemoryDeploymentStore(), null);
        await DeployAsync(pipeline, "1.0.0");
        await using Load load = await Load.StartAsync(site.Address);
        for (int i = 1; i <= switches; i++)
        {
            await DeployAsync(pipeline, $"1.{i}.0", i % 2 == 0 ? "1.0.0" : "1.1.0");
        }

        LoadReport report = await load.StopAsync();
        await TestContext.Out.WriteLineAsync($"{switches} switches by {strategy}: {report}");
        report.Failures.Should().BeEmpty();
        report.Of("1.1.0").Should().BePositive();
        report.Of("1.0.0").Should().BePositive();
    }

    private DeploymentPipeline Compose(RoutedSite site, string strategy, IDeploymentStore store, Action<DockerTargetOptions>? configure)
    {
        DeploymentPipelineBuilder pipeline = Builder(site, store, configure);
        return (strategy switch
        {
            "blue-green" => pipeline.UseBlueGreen(blueGreen => blueGreen.RollbackWindow = TimeSpan.Zero),
            "canary" => pipeline.UseCanary(canary =>
            {
                canary.Steps = [10, 50, 100];
                canary.BakeTime = TimeSpan.FromMilliseconds(200);
                canary.RollbackWindow = TimeSpan.Zero;
            }),
            "rolling" => pipeline.UseRolling(_ => { }),
            _ => pipeline.UseRecreate(_ => { }),
        }).Build();
    }

    private DeploymentPipelineBuilder Builder(RoutedSite site, IDeploymentStore store, Action<DockerTargetOptions>? configure) => DeploymentPipeline.Create("shop")
        .DeployTo(TargetOf(site, configure))
        .RequireHealthy(health => health.Http("/health").With(check =>
        {
            check.Interval = TimeSpan.FromMilliseconds(20);
            check.ConsecutiveSuccesses = 1;
        }))
        .UseStore(store);

    private DockerTarget TargetOf(RoutedSite site, Action<DockerTargetOptions>? configure) => DockerTarget.Behind(site.Router, Name, docker =>
    {
        docker.Hosts.Add(Host);
        docker.Pull = ImagePull.Never;
        docker.Instances = 2;
        docker.HealthPath = "/health";
        docker.FirstPort = 21000;
        docker.LastPort = 21999;
        configure?.Invoke(docker);
    });

    private async Task DeployAsync(DeploymentPipeline pipeline, string version, string? image = null)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        DeploymentResult result = await pipeline.DeployAsync(await ReleaseAsync(version, null, image), deadline.Token);
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.ToString());
        // What the switch left behind is removed by a run of its own, at once where its window is zero.
        await pipeline.CompleteAsync(deadline.Token);
    }

    private async Task<Release> ReleaseAsync(string version, Func<Release, Release>? with = null, string? image = null)
    {
        Release release = Release.Of("shop", version, Artifact.Image(await World.Images.ShopAsync(image ?? version)));
        return with?.Invoke(release) ?? release;
    }
}
