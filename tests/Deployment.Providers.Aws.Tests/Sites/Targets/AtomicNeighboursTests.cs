using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Sites.Targets;

/// <summary>What atomic sites of one bucket have to do with each other, and a release with the options of the next.</summary>
public sealed class AtomicNeighboursTests
{
    private AtomicRig _rig = null!;

    [SetUp]
    public async Task StartAsync() => _rig = await AtomicRig.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _rig.DisposeAsync();

    [Test]
    public async Task TidyUp_AnotherApplicationInTheSameBucket_LeavesItsRevisions()
    {
        FakeCloudFront blog = AtomicRig.Fast();
        foreach (string version in new[] { "1.0.0", "2.0.0" })
        {
            await DeployAsync("blog", version, _rig.Target(options => options.KeptRevisions = 5, blog, "EBLOG"));
        }

        foreach (string version in new[] { "1.0.0", "2.0.0" })
        {
            await DeployAsync("shop", version, _rig.Target(options => options.KeptRevisions = 0));
        }

        _rig.World.Seen().Keys.Should().BeEquivalentTo("blog_1.0.0_1/index.html", "blog_2.0.0_1/index.html", "shop_2.0.0_1/index.html");
    }

    [Test]
    public async Task Deploy_ARevisionThatIsAnotherDistributions_IsRefusedAndLeftAlone()
    {
        FakeCloudFront staging = AtomicRig.Fast();
        await DeployAsync("shop", "1.0.0", _rig.Target(cloudFront: staging, distribution: "ESTAGING"));

        DeploymentResult result = await _rig.BlueGreen(_rig.Target(), new InMemoryDeploymentStore()).DeployAsync(_rig.Build("1.0.0"));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.ToString());
        result.Reason.Should().Contain("a prefix belongs to one target");
        _rig.CloudFront.Path.Should().BeEmpty();
        _rig.World.Seen().Keys.Should().Contain(staging.Path[1..] + "/index.html");
    }

    [Test]
    public async Task Deploy_SameContentWithOtherHeaders_ServesThem()
    {
        _rig.World.Folder.With("a.pdf", "pdf");
        await _rig.DeployAsync("1.0.0");
        Release again = _rig.Build("1.0.0") with { Version = "1.0.1" };

        (await _rig.BlueGreen(options => options.Files.CacheControl.Add(new SiteRule("*.pdf", "public, max-age=86400"))).DeployAsync(again)).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _rig.World.Objects.Objects["shop_1.0.1_1/a.pdf"].Headers["Cache-Control"].Should().Be("public, max-age=86400");
        _rig.CloudFront.Invalidated[^1].Paths.Should().Equal("/a.pdf");
    }

    [Test]
    public async Task Deploy_SameContentThatIsNowCompressed_IsMadeFromTheFolder()
    {
        _rig.World.Folder.With("a.svg", new string('x', 1000));
        await _rig.DeployAsync("1.0.0");
        Release again = _rig.Build("1.0.0") with { Version = "1.0.1" };

        (await _rig.BlueGreen(options => options.Files.Compress.Add("*.svg")).DeployAsync(again)).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _rig.World.Objects.Objects["shop_1.0.1_1/a.svg"].Headers["Content-Encoding"].Should().Be("gzip");
        _rig.World.Objects.Objects["shop_1.0.1_1/a.svg"].Size.Should().BeLessThan(100);
    }

    [Test]
    public async Task Deploy_SameContentWhoseFilesAreGone_IsMadeFromTheFolder()
    {
        _rig.World.Folder.With("a.txt", "a");
        await _rig.DeployAsync("1.0.0");
        _rig.World.Objects.Remove("shop_1.0.0_1/a.txt");

        (await _rig.BlueGreen().DeployAsync(_rig.Build("1.0.0") with { Version = "1.0.1" })).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _rig.World.Seen("shop_1.0.1_1/").Should().Contain("a.txt", "a");
    }

    // The limit holds for what is kept in the bucket as well.
    [Test]
    public async Task Plan_KeptContentThatLacksMuchOfTheSite_IsRefused()
    {
        Release small = _rig.Build("1.0.0");
        (await _rig.BlueGreen().DeployAsync(small)).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        foreach (int page in Enumerable.Range(0, 5))
        {
            _rig.World.Folder.With($"{page}.html", "page");
        }

        await _rig.DeployAsync("2.0.0");
        foreach (int page in Enumerable.Range(0, 5))
        {
            _rig.World.Folder.Without($"{page}.html");
        }

        Release again = _rig.Build("1.0.0") with { Version = "3.0.0" };

        await FluentActions.Awaiting(() => _rig.BlueGreen().PlanAsync(again)).Should().ThrowAsync<DeploymentValidationException>().WithMessage("*RemovalLimit*");
    }

    [TestCase("www/", "", "/www/a.html", "/www/", "/www/index.html")]
    [TestCase("www/shop/", "/www", "/shop/", "/shop/a.html", "/shop/index.html")]
    [TestCase("www/", "/www", "/", "/a.html", "/index.html")]
    public async Task InPlace_OriginsPathIsntTheWholePrefix_InvalidatesWhatUsersAskFor(string prefix, string originPath, params string[] expected)
    {
        if (originPath.Length > 0)
        {
            _rig.CloudFront.ChangeByHand(originPath);
        }

        _rig.World.Folder.With("a.html", "1").With("same.html", "same");
        DeploymentPipeline pipeline = InPlace(prefix);
        (await pipeline.DeployAsync(_rig.Build("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _rig.World.Folder.With("a.html", "2");

        (await pipeline.DeployAsync(_rig.Build("2.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _rig.CloudFront.Invalidated[^1].Paths.Should().BeEquivalentTo(expected);
    }

    [Test]
    public async Task InPlace_OriginIsElsewhere_IsRefused()
    {
        _rig.CloudFront.ChangeByHand("/other");

        await FluentActions.Awaiting(() => InPlace("www/").PlanAsync(_rig.Build("1.0.0"))).Should().ThrowAsync<DeploymentValidationException>().WithMessage("*is at /other, and s3://shop-site/www/ isn't below it*");
    }

    // Who finds a record takes the revision for whole.
    [Test]
    public void RemoveByHand_TakesTheRecordFirst()
    {
        S3SiteTarget target = _rig.Target(options => options.Files.Prefix = "www/");
        Operation remove = target.Capability<IHostRevisions>(new Observation { Target = "site" })!.Remove(RevisionId.Parse("shop_1.0.0_1"));

        string[] lines = [.. target.Verbs.Single(verb => verb.Name == remove.Verb).Describe(remove.Arguments).Commands];

        lines.Should().HaveCount(2);
        lines[0].Should().StartWith("aws s3 rm s3://shop-site/www/.deployment/manifests/shop_1.0.0_1.json ");
        lines[1].Should().StartWith("aws s3 rm --recursive s3://shop-site/www/shop_1.0.0_1/ ");
    }

    // Neither the listings nor the records that are read grow with the releases, once as many are kept as may be.
    [Test]
    public async Task Deploy_ManyReleases_AsksNoMoreOften()
    {
        List<(int Listings, int Records)> asked = [];
        foreach (int release in Enumerable.Range(1, 6))
        {
            int listings = 0;
            int records = 0;
            _rig.World.Server.Done = request =>
            {
                if (request.Method == "GET")
                {
                    Interlocked.Increment(ref request.Query.ContainsKey("list-type") ? ref listings : ref records);
                }
            };
            await DeployAsync("shop", $"{release}.0.0", _rig.Target());
            asked.Add((listings, records));
        }

        TestContext.Out.WriteLine(string.Join(", ", asked));
        asked[5].Should().Be(asked[4]);
    }

    private DeploymentPipeline InPlace(string prefix) => _rig.Pipeline(_rig.InPlace(site => (site.Files.Prefix, site.Distribution) = (prefix, FakeCloudFront.Id))).UseRecreate().Build();

    private async Task DeployAsync(string application, string version, S3SiteTarget target)
    {
        DeploymentPipeline pipeline = DeploymentPipeline.Create(application).DeployTo(target).UseStore(_rig.Store).UseBlueGreen(options => options.RollbackWindow = TimeSpan.Zero).Build();
        DeploymentResult result = await pipeline.DeployAsync(_rig.Build(version, application));
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.ToString());
        await pipeline.CompleteAsync();
    }
}
