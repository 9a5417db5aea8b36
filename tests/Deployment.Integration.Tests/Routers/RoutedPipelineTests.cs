using Deployment.Integration.Tests.Support;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Store;
using Deployment.Strategies.Canary;
using Deployment.Targets;
using Deployment.Testing;

namespace Deployment.Integration.Tests.Routers;

/// <summary>Strategies bring releases to processes behind a router that they know nothing of.</summary>
[Category("Local")]
public sealed class RoutedPipelineTests
{
    private readonly HttpClient _client = new();
    private string _folder = "";
    private FakeRouter _router = null!;
    private LocalInstances _shop = null!;

    [SetUp]
    public void MakeWorld()
    {
        _folder = Directory.CreateTempSubdirectory("dr-").FullName;
        _router = new FakeRouter("the proxy");
        _shop = LocalTarget.Behind(_router, "shop", local => local.StateFolder = Path.Combine(_folder, "l"));
    }

    [TearDown]
    public async Task EndWorldAsync()
    {
        await _shop.Host.StopAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    [OneTimeTearDown]
    public void DisposeClient() => _client.Dispose();

    [TestCase("recreate", 1, "shop_2.0.0_1=100")]
    [TestCase("blue-green", 2, "shop_2.0.0_1=100")]
    [TestCase("canary", 2, "shop_1.0.0_1=90,shop_2.0.0_1=10|shop_1.0.0_1=50,shop_2.0.0_1=50|shop_2.0.0_1=100")]
    [CancelAfter(180_000)]
    public async Task Deploy_DeployAFailedOneAndBack_TheRouterIsToldEachSplit(string strategy, int standing, string splits, CancellationToken cancellationToken)
    {
        DeploymentPipeline pipeline = Pipeline(strategy);
        await SucceedsAsync(pipeline.DeployAsync(Shop("1.0.0"), cancellationToken));
        int told = _router.Applied.Count;

        await SucceedsAsync(pipeline.DeployAsync(Shop("2.0.0"), cancellationToken));

        Told(told).Should().Equal(splits.Split('|'));
        await ServesAsync("2.0.0", standing);
        told = _router.Applied.Count;

        DeploymentResult failed = await pipeline.DeployAsync(Shop("3.0.0", "exit", "9"), cancellationToken);

        failed.Outcome.Should().Be(DeploymentOutcome.RolledBack, failed.Reason);
        failed.Reason.Should().Contain("exit code 9");
        Told(told).Except(["shop_2.0.0_1=100"]).Should().BeEmpty("users never met it");
        await ServesAsync("2.0.0", standing);

        await SucceedsAsync(pipeline.RollBackAsync(cancellationToken: cancellationToken));

        await ServesAsync("1.0.0", standing);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Deploy_FirstReleaseFails_NothingIsLeftAndTheRouterKnowsNone(CancellationToken cancellationToken)
    {
        DeploymentResult failed = await Pipeline("blue-green").DeployAsync(Shop("1.0.0", "exit", "9"), cancellationToken);

        failed.Outcome.Should().Be(DeploymentOutcome.RolledBack, failed.Reason);
        _router.State.Table.Should().Be(RoutingTable.Empty);
        (await _shop.Host.StatusAsync(cancellationToken)).Should().BeEmpty();
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Deploy_RouterCantBeReached_SaysSoAndNothingIsChanged(CancellationToken cancellationToken)
    {
        DeploymentPipeline pipeline = Pipeline("blue-green");
        await SucceedsAsync(pipeline.DeployAsync(Shop("1.0.0"), cancellationToken));
        IReadOnlyList<LocalInstance> before = await _shop.Host.StatusAsync(cancellationToken);
        _router.Fail(new DeploymentException("The proxy can't be reached at /run/proxy.sock. Start it."));

        await FluentActions.Awaiting(() => pipeline.DeployAsync(Shop("2.0.0"), cancellationToken)).Should().ThrowAsync<DeploymentException>().WithMessage("*can't be reached at /run/proxy.sock. Start it.*");

        (await _shop.Host.StatusAsync(cancellationToken)).Should().Equal(before);
        _router.Fail(null);
        await SucceedsAsync(pipeline.DeployAsync(Shop("2.0.0"), cancellationToken));
    }

    [Test]
    public async Task Plan_Rolling_IsRefused()
    {
        DeploymentPipeline pipeline = Builder().UseRolling().Build();

        await FluentActions.Awaiting(() => pipeline.PlanAsync(Shop("1.0.0"))).Should().ThrowAsync<DeploymentException>().WithMessage("*shop*replace*");
    }

    private IEnumerable<string> Told(int after) => _router.Applied.Skip(after).Select(table => table.Traffic.ToString());

    private async Task ServesAsync(string version, int standing)
    {
        Observation seen = await _shop.ObserveAsync(CancellationToken.None);
        seen.Live()!.Version.Should().Be(version);
        seen.Revisions.Should().HaveCount(standing);
        RoutedInstance instance = _router.State.Table.Revisions.Single().Instances.Single();
        (await _client.GetStringAsync(new UriBuilder(Uri.UriSchemeHttp, instance.Host, instance.Port).Uri)).Should().Be(version, "it is what listens where the router was told");
    }

    private DeploymentPipelineBuilder Builder() => DeploymentPipeline.Create("shop").DeployTo(_shop).UseStore(new FileDeploymentStore(Path.Combine(_folder, "store")));

    private DeploymentPipeline Pipeline(string strategy) => (strategy switch
    {
        "recreate" => Builder().UseRecreate(),
        "blue-green" => Builder().UseBlueGreen(),
        _ => Builder().UseCanary(canary =>
        {
            canary.Steps = [10, 50, 100];
            canary.BakeTime = TimeSpan.Zero;
        }),
    }).Build();

    private static Release Shop(string version, params string[] arguments) => Release
        .Of("shop", version, Artifact.Process(["dotnet", "exec", Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Providers.Local.Tests.App.dll"), .. arguments]).In(Path.GetTempPath()))
        .WithSetting("VERSION", version);

    private static async Task SucceedsAsync(Task<DeploymentResult> deploying)
    {
        DeploymentResult result = await deploying;
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }
}
