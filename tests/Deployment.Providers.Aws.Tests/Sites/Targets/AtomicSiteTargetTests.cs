using Deployment.Providers.Aws.Sites;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Providers.Aws.Tests.Sites.Targets;

public sealed class AtomicSiteTargetTests
{
    private SiteWorld _world = null!;

    [SetUp]
    public async Task Start() => _world = await SiteWorld.StartAsync();

    [TearDown]
    public async Task Stop() => await _world.DisposeAsync();

    [Test]
    public async Task Deploy_TwoReleasesAndBack_ServesEachWhole()
    {
        DeploymentPipeline pipeline = Pipeline();
        await DeployAsync(pipeline, "1.0.0");
        (await _world.GetAsync("/")).Should().EndWith("1.0.0");
        string before = _world.CloudFront.Path;

        await DeployAsync(pipeline, "1.1.0");

        (await _world.GetAsync("/")).Should().EndWith("1.1.0");
        (await _world.GetAsync(SiteWorld.Asset("1.0.0"))).Should().Be("// 1.0.0", "a page that was opened before the switch asks for its assets after it");
        (await _world.GetAsync(before, SiteWorld.Asset("1.1.0"))).Should().Be("// 1.1.0", "an edge that hasn't switched yet is asked for the new page's assets");

        // The folder has the new release by now.
        DeploymentResult back = await pipeline.RollBackAsync();

        back.Outcome.Should().Be(DeploymentOutcome.Succeeded, back.ToString());
        (await _world.GetAsync("/")).Should().EndWith("1.0.0");
        (await _world.GetAsync(SiteWorld.Asset("1.1.0"))).Should().Be("// 1.1.0", "a page that was opened before the way back asks for its assets after it");
    }

    // Without carrying assets along they would be gone: what the test above shows isn't true by itself.
    [Test]
    public async Task Deploy_AssetsWithoutAHash_AreTheNewRevisionsAlone()
    {
        DeploymentPipeline pipeline = _world.Pipeline(_world.Atomic(site => site.Files.RemovalLimit = 100)).UseBlueGreen().Build();
        (await pipeline.DeployAsync(_world.Build("1.0.0", ("index.html", "1.0.0"), ("old.js", "old")))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        (await pipeline.DeployAsync(_world.Build("1.1.0", ("index.html", "1.1.0"), ("new.js", "new")))).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        (await _world.GetAsync("/old.js")).Should().BeNull();
        (await _world.GetAsync("/new.js")).Should().Be("new");
    }

    [Test]
    public async Task Deploy_Invalidates_OnlyWhenAllEdgesHaveItAndOnlyWhatChanged()
    {
        DeploymentPipeline pipeline = Pipeline();
        await DeployAsync(pipeline, "1.0.0");
        await DeployAsync(pipeline, "1.1.0");

        _world.CloudFront.Invalidated.Should().HaveCount(2).And.OnlyContain(made => made.WasDeployed);
        _world.CloudFront.Invalidated[0].Paths.Should().Equal("/*");
        _world.CloudFront.Invalidated[1].Paths.Should().Contain(["/", "/index.html"]).And.NotContain("/about.html").And.NotContain("/*");
    }

    [Test]
    public async Task Deploy_SmokeTestFails_ServesAgainWhatWasServed()
    {
        await DeployAsync(Pipeline(), "1.0.0");
        string path = _world.CloudFront.Path;
        S3SiteTarget target = _world.Atomic();

        DeploymentResult result = await _world.Pipeline(target).UseBlueGreen().SmokeTest("never", smoke => smoke.Check("never", (_, _) => Task.FromResult<string?>("no"))).Build().DeployAsync(_world.Build("1.1.0"));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.ToString());
        _world.CloudFront.Path.Should().Be(path);
        (await _world.GetAsync("/")).Should().EndWith("1.0.0");
        (await _world.GetAsync(SiteWorld.Asset("1.1.0"))).Should().Be("// 1.1.0", "who got the bad page still finds its assets");
        (await target.ObserveAsync(CancellationToken.None)).Revisions.Should().ContainSingle().Which.Id.Version.Should().Be("1.0.0");
    }

    // Where it never had users nothing of it stays.
    [Test]
    public async Task Deploy_RejectedBeforeTheSwitch_LeavesNothing()
    {
        await DeployAsync(Pipeline(), "1.0.0");
        string[] before = await _world.KeysAsync();

        DeploymentResult result = await _world.Pipeline(_world.Atomic()).UseBlueGreen()
            .Step("never", Moment.Installed, step => step.Run((_, _) => throw new DeploymentException("no")).Expect("nothing").Verify("not at all", (_, _) => Task.FromResult<string?>(null)).NothingToUndo().MayBeRepeated())
            .Build().DeployAsync(_world.Build("1.1.0"));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.ToString());
        (await _world.KeysAsync()).Should().BeEquivalentTo(before);
    }

    [Test]
    public async Task Deploy_FirstOneFailsAfterTheSwitch_ServesAgainWhatWasMadeByHand()
    {
        await _world.PutAsync("by-hand/index.html", "by hand");
        _world.CloudFront.ChangeByHand("/by-hand");

        DeploymentResult result = await _world.Pipeline(_world.Atomic()).UseBlueGreen()
            .RequireHealthy(health => health.Check("never", (_, _) => Task.FromResult<string?>("no")).With(options => (options.ConsecutiveSuccesses, options.Deadline) = (1, TimeSpan.FromMilliseconds(500))))
            .Build().DeployAsync(_world.Build("1.0.0"));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.ToString());
        _world.CloudFront.Path.Should().Be("/by-hand");
        (await _world.GetAsync("/")).Should().Be("by hand");
        (await _world.KeysAsync()).Should().Equal("by-hand/index.html");
    }

    [Test]
    public async Task Deploy_ManyReleases_KeepsTheLastThatHadUsers()
    {
        DeploymentPipeline pipeline = _world.Pipeline(_world.Atomic(site => site.KeptRevisions = 1)).UseBlueGreen(options => options.RollbackWindow = TimeSpan.Zero).Build();
        foreach (string version in new[] { "1.0.0", "1.1.0", "1.2.0", "1.3.0" })
        {
            await DeployAsync(pipeline, version);
            await pipeline.CompleteAsync();
        }

        string[] keys = await _world.KeysAsync();

        keys.Select(key => key.Split('/')[0]).Where(folder => folder.StartsWith("shop", StringComparison.Ordinal)).Distinct().Should().BeEquivalentTo("shop_1.2.0_1", "shop_1.3.0_1");
        DeploymentResult back = await pipeline.RollBackAsync();
        back.Outcome.Should().Be(DeploymentOutcome.Succeeded, back.ToString());
        (await _world.GetAsync("/")).Should().EndWith("1.2.0");
    }

    [Test]
    public async Task Deploy_FolderChangesAfterItWasPlanned_IsRefusedAndNothingChanges()
    {
        DeploymentPipeline pipeline = Pipeline();
        await DeployAsync(pipeline, "1.0.0");
        Runbook runbook = await pipeline.PlanAsync(_world.Build("1.1.0"));
        _world.Build("1.2.0");

        DeploymentResult result = await pipeline.ExecuteAsync(runbook);

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.ToString());
        result.Reason.Should().Contain("has changed since shop_1.1.0_1 was planned");
        (await _world.GetAsync("/")).Should().EndWith("1.0.0");
    }

    private DeploymentPipeline Pipeline() => _world.Pipeline(_world.Atomic()).UseBlueGreen().Build();

    private async Task DeployAsync(DeploymentPipeline pipeline, string version)
    {
        DeploymentResult result = await pipeline.DeployAsync(_world.Build(version));
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.ToString());
    }
}
