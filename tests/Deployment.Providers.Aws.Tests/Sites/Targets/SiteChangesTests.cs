using Deployment.Providers.Aws.Sites;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Providers.Aws.Tests.Sites.Targets;

/// <summary>What a plan says of the bucket, on a real moto.</summary>
public sealed class SiteChangesTests
{
    private SiteWorld _world = null!;

    [SetUp]
    public async Task Start() => _world = await SiteWorld.StartAsync();

    [TearDown]
    public async Task Stop() => await _world.DisposeAsync();

    [Test]
    public async Task Plan_InPlace_ShowsWhatWouldChangeAndChangesNothing()
    {
        await DeployAsync(InPlace(), _world.Build("1.0.0"));
        await _world.PutAsync("theirs.html", "theirs");
        string[] before = await _world.KeysAsync();

        Runbook plan = await InPlace(site => site.Files.RemovalLimit = 50).PlanAsync(_world.Build("1.1.0", ("index.html", "1.1.0"), ("theirs.html", "ours"), ("new.html", "new")));

        string[] lines = [.. plan.Changes!.Single().Lines];
        lines[0].Should().StartWith("shop 1.1.0: 3 files to store").And.EndWith("1 as they are, 1 file to remove");
        lines.Should().ContainInOrder("upload new (1):", "upload changed (1):", "overwrite what somebody else stored (1):", "keep for pages that were opened before (1):", $"  {SiteWorld.Asset("1.0.0")[1..]}", "remove, after the switch (1):", "  about.html");
        plan.ToMarkdown().Should().Contain("## What would change").And.Contain("  new.html (");
        (await _world.KeysAsync()).Should().Equal(before);
    }

    [Test]
    public async Task Plan_Atomic_ShowsUploadsAndThenThatNothingIsUploadedTwice()
    {
        DeploymentPipeline pipeline = _world.Pipeline(_world.Atomic()).UseBlueGreen().Build();
        (await pipeline.PlanAsync(_world.Build("1.0.0"))).Changes!.Single().Lines.Take(2).Should().Equal("shop 1.0.0: 3 files to store (74 B), 0 as they are, 0 files to remove", "upload new (3):");
        await DeployAsync(pipeline, _world.Build("1.0.0"));

        Runbook again = await pipeline.PlanAsync(_world.Build("1.0.0") with { Tag = "again" });

        again.Changes!.Single().Lines.Should().Equal("shop 1.0.0: nothing to upload; what is in it is kept in the bucket.");
    }

    [Test]
    public async Task Plan_TheFolderIsGone_IsRefusedUnlessItsContentIsKept([Values] bool isKept)
    {
        DeploymentPipeline pipeline = _world.Pipeline(_world.Atomic()).UseBlueGreen().Build();
        Release release = _world.Build("1.0.0");
        Release pinned = release with { Artifact = await _world.Atomic().PinAsync(release.Artifact, CancellationToken.None) };
        if (isKept)
        {
            await DeployAsync(pipeline, pinned);
        }

        Directory.Delete(release.Artifact.Package!, recursive: true);

        if (isKept)
        {
            (await pipeline.PlanAsync(pinned)).Changes!.Single().Lines.Should().ContainSingle().Which.Should().Contain("nothing to upload");
        }
        else
        {
            await FluentActions.Awaiting(() => pipeline.PlanAsync(pinned)).Should().ThrowAsync<DeploymentValidationException>().WithMessage("*dist is gone, or has changed since the release was pinned*");
        }
    }

    private DeploymentPipeline InPlace(Action<S3SiteTargetOptions>? configure = null) => _world.Pipeline(_world.InPlace(configure)).UseRecreate().Build();

    private static async Task DeployAsync(DeploymentPipeline pipeline, Release release)
    {
        DeploymentResult result = await pipeline.DeployAsync(release);
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.ToString());
    }
}
