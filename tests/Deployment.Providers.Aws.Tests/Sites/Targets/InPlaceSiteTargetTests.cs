using Deployment.Providers.Aws.Sites;
using Deployment.Store;

namespace Deployment.Providers.Aws.Tests.Sites.Targets;

public sealed class InPlaceSiteTargetTests
{
    private SiteWorld _world = null!;

    [SetUp]
    public async Task Start() => _world = await SiteWorld.StartAsync();

    [TearDown]
    public async Task Stop() => await _world.DisposeAsync();

    [Test]
    public async Task Deploy_TwoReleasesAndBack_NeedsNoFolderForTheWayBack()
    {
        await _world.PutAsync("theirs.txt", "theirs");
        DeploymentPipeline pipeline = Pipeline();
        await DeployAsync(pipeline, "1.0.0");

        await DeployAsync(pipeline, "1.1.0");

        (await _world.GetAsync("/")).Should().EndWith("1.1.0");
        (await _world.GetAsync(SiteWorld.Asset("1.0.0"))).Should().Be("// 1.0.0", "a page that was opened before asks for it");
        _world.CloudFront.Invalidated[^1].Paths.Should().Contain("/index.html").And.NotContain("/about.html");

        DeploymentResult back = await pipeline.RollBackAsync();

        back.Outcome.Should().Be(DeploymentOutcome.Succeeded, back.ToString());
        (await _world.GetAsync("/")).Should().EndWith("1.0.0");
        (await _world.GetAsync("/theirs.txt")).Should().Be("theirs");
    }

    [Test]
    public async Task Deploy_HealthFails_IsAsBefore()
    {
        await DeployAsync(Pipeline(), "1.0.0");

        DeploymentResult result = await Unhealthy("1.1.0").DeployAsync(_world.Build("1.1.0", ("index.html", "bad"), ("about.html", "changed"), ("new.html", "new")));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.ToString());
        (await _world.GetAsync("/")).Should().EndWith("1.0.0");
        (await _world.GetAsync("/about.html")).Should().Be("about");
    }

    [Test]
    public async Task Deploy_FirstOneFails_PutsBackWhatWasMadeByHand()
    {
        await _world.PutAsync("index.html", "by hand");
        await _world.PutAsync("theirs.txt", "theirs");

        DeploymentResult result = await Unhealthy("1.0.0").DeployAsync(_world.Build("1.0.0"));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.ToString());
        (await _world.GetAsync("/")).Should().Be("by hand");
        (await _world.GetAsync("/theirs.txt")).Should().Be("theirs");
        (await _world.GetAsync("/about.html")).Should().BeNull();
    }

    [Test]
    public async Task Deploy_FileThatIsGone_IsRemovedOnceTheRunHasSucceeded()
    {
        DeploymentPipeline pipeline = Pipeline();
        (await pipeline.DeployAsync(_world.Build("1.0.0", [.. Enumerable.Range(1, 10).Select(page => ($"{page}.html", "x"))]))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        await _world.PutAsync("theirs.html", "theirs");

        (await pipeline.DeployAsync(_world.Build("1.1.0", [.. Enumerable.Range(1, 9).Select(page => ($"{page}.html", "x"))]))).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        (await _world.GetAsync("/10.html")).Should().BeNull();
        (await _world.GetAsync("/9.html")).Should().Be("x");
        (await _world.GetAsync("/theirs.html")).Should().Be("theirs");
    }

    [Test]
    public async Task Deploy_HalfOfTheSiteIsGone_IsRefused()
    {
        DeploymentPipeline pipeline = Pipeline();
        await DeployAsync(pipeline, "1.0.0");

        await FluentActions.Awaiting(() => pipeline.DeployAsync(_world.Build("1.1.0", ("index.html", "1.1.0")))).Should().ThrowAsync<DeploymentValidationException>().WithMessage("*RemovalLimit*");

        (await _world.GetAsync("/")).Should().EndWith("1.0.0");
    }

    private DeploymentPipeline Pipeline() => _world.Pipeline(_world.InPlace()).UseRecreate().Build();

    private DeploymentPipeline Unhealthy(string version) => _world.Pipeline(_world.InPlace(site => site.Files.RemovalLimit = 100)).UseRecreate()
        .RequireHealthy(health => health.Check("well", (context, _) => Task.FromResult(context.Subject.Candidate.Version == version ? "no" : null)).With(options => (options.ConsecutiveSuccesses, options.Deadline) = (1, TimeSpan.FromMilliseconds(500))))
        .Build();

    private async Task DeployAsync(DeploymentPipeline pipeline, string version)
    {
        DeploymentResult result = await pipeline.DeployAsync(_world.Build(version));
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.ToString());
    }
}
