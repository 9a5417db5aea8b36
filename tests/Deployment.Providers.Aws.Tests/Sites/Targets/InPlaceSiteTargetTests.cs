using Deployment.Providers.Aws.Sites;
using Deployment.Releases;
using Deployment.Secrets;
using Deployment.Store;
using Deployment.Targets;

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
        (await _world.GetAsync("/new.html")).Should().BeNull("nobody may see any more what the bad release brought");
        _world.CloudFront.Invalidated[^1].Paths.Should().Contain("/new.html");
    }

    [Test]
    public async Task RollBack_ThenForwardAgain_NeedsNoFolder()
    {
        DeploymentPipeline pipeline = Pipeline();
        await DeployAsync(pipeline, "1.0.0");
        await DeployAsync(pipeline, "1.1.0");
        _world.Build("9.9.9");
        (await pipeline.RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        DeploymentResult forward = await pipeline.RollBackAsync("1.1.0");

        forward.Outcome.Should().Be(DeploymentOutcome.Succeeded, forward.ToString());
        (await _world.GetAsync("/")).Should().EndWith("1.1.0");
    }

    [Test]
    public async Task Update_RepeatedAfterSomebodyChangedAFile_StoresItAgainFromTheFolder()
    {
        Release release = await PinnedAsync(_world.Build("1.0.0"));
        S3SiteTarget target = _world.InPlace();
        Operation update = target.Capability<IUpdateInPlace>(await target.ObserveAsync(CancellationToken.None))!.Update(new Revision(new RevisionId("shop", "1.0.0", 1), release));
        Verb verb = target.Verbs.Single(verb => verb.Name == update.Verb);
        List<string> told = [];
        await verb.RunAsync(update.Arguments, Context(1, told), CancellationToken.None);
        await _world.PutAsync("about.html", "tampered");

        await verb.RunAsync(update.Arguments, Context(2, told), CancellationToken.None);

        (await verb.VerifyAsync(update.Arguments, Context(2, told), CancellationToken.None)).Should().BeNull();
        (await _world.GetAsync("/about.html")).Should().Be("about");
        told.Should().Contain(text => text.StartsWith("Somebody else had changed, and it was overwritten: about.html (kept at .deployment/kept/", StringComparison.Ordinal));
    }

    [Test]
    public async Task Observe_TellsOfTheEpochAndOfRecordsThatCantBeRead()
    {
        await DeployAsync(Pipeline(), "1.0.0");
        await _world.PutAsync(".deployment/manifests/shop_0.1.0_1.json", "garbage");

        Observation seen = await _world.InPlace().ObserveAsync(CancellationToken.None);

        seen.Epochs["shop"].Should().BePositive();
        seen.Properties["unreadable records"].Should().Contain(".deployment/manifests/shop_0.1.0_1.json can't be used");
        seen.Problems.Should().BeEmpty("a deployment doesn't need it");
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
        _world.CloudFront.Invalidated.Should().HaveCount(3, "until it was removed it could be cached again");
        _world.CloudFront.Invalidated[^1].Paths.Should().Equal("/10.html");
    }

    [Test]
    public async Task Deploy_HalfOfTheSiteIsGone_IsRefused()
    {
        DeploymentPipeline pipeline = Pipeline();
        await DeployAsync(pipeline, "1.0.0");

        await FluentActions.Awaiting(() => pipeline.DeployAsync(_world.Build("1.1.0", ("index.html", "1.1.0")))).Should().ThrowAsync<DeploymentValidationException>().WithMessage("*RemovalLimit*");

        (await _world.GetAsync("/")).Should().EndWith("1.0.0");
    }

    private async Task<Release> PinnedAsync(Release release) => release with { Artifact = await _world.InPlace().PinAsync(release.Artifact, CancellationToken.None) };

    private static EffectContext Context(long epoch, List<string> told) => new("run", "update", epoch, new RecordingCommandRunner(), new EnvironmentSecretStore(), TimeProvider.System, told.Add);

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
