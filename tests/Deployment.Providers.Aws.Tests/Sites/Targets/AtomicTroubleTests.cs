using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Sites.Targets;

/// <summary>Files that are gone, steps that are repeated, runs that were overtaken, and others in the same bucket.</summary>
public sealed class AtomicTroubleTests
{
    private const string One = "shop_1.0.0_1";
    private AtomicRig _rig = null!;

    [SetUp]
    public async Task StartAsync() => _rig = await AtomicRig.StartAsync();

    [TearDown]
    public async Task StopAsync() => await _rig.DisposeAsync();

    [Test]
    public async Task RollBack_FilesOfTheRevisionAreGone_IsRefusedAndUsersKeepWhatTheyHave()
    {
        await _rig.DeployAsync("1.0.0");
        await _rig.DeployAsync("2.0.0");
        string path = _rig.CloudFront.Path;
        _rig.World.Objects.Remove($"{One}/index.html");

        DeploymentResult back = await _rig.BlueGreen().RollBackAsync();

        back.Outcome.Should().Be(DeploymentOutcome.RolledBack, back.ToString());
        back.Reason.Should().Contain("has changed since");
        _rig.CloudFront.Path.Should().Be(path);
    }

    [Test]
    public async Task RollBack_FilesOfTheRevisionAreGoneAndTheFolderHasThem_StoresThemAgain()
    {
        await _rig.DeployAsync("1.0.0");
        await _rig.DeployAsync("2.0.0");
        _rig.World.Objects.Remove($"{One}/index.html");
        _rig.Build("1.0.0");

        DeploymentResult back = await _rig.BlueGreen().RollBackAsync();

        back.Outcome.Should().Be(DeploymentOutcome.Succeeded, back.ToString());
        _rig.World.Seen(_rig.CloudFront.Path[1..] + "/")["index.html"].Should().Be("shop 1.0.0");
    }

    [Test]
    public async Task Route_FilesAreGoneSinceItWasPlanned_IsRefusedAndNothingIsSwitched()
    {
        await _rig.DeployAsync("1.0.0");
        await _rig.DeployAsync("2.0.0");
        string path = _rig.CloudFront.Path;
        S3SiteTarget target = _rig.Target();
        Operation back = await AtomicRig.SwitchAsync(target, One);
        _rig.World.Objects.Remove($"{One}/index.html");

        await FluentActions.Awaiting(() => AtomicRig.RunAsync(target, back, "late", 100)).Should().ThrowAsync<DeploymentException>().WithMessage("*'index.html' isn't at s3://shop-site/shop_1.0.0_1/*Nothing was changed.");

        _rig.CloudFront.Path.Should().Be(path);
    }

    [Test]
    public async Task Verify_FilesAreGoneAfterTheSwitch_SaysSo()
    {
        await _rig.DeployAsync("1.0.0");
        S3SiteTarget target = _rig.Target();
        Operation route = await AtomicRig.SwitchAsync(target, One);
        (await AtomicRig.VerifyAsync(target, route)).Should().BeNull();

        _rig.World.Objects.Remove($"{One}/index.html");

        (await AtomicRig.VerifyAsync(target, route)).Should().Contain("index.html");
    }

    // Its records would be taken for those of revisions side by side.
    [Test]
    public async Task Plan_WhereASiteIsServedInPlace_IsRefused()
    {
        (await _rig.Pipeline(_rig.InPlace()).UseRecreate().Build().DeployAsync(_rig.Build("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        await FluentActions.Awaiting(() => _rig.BlueGreen().PlanAsync(_rig.Build("2.0.0"))).Should().ThrowAsync<DeploymentValidationException>().WithMessage("*served in place*prefix of its own*");
    }

    [Test]
    public async Task Plan_InPlaceWhereRevisionsLieSideBySide_IsRefused()
    {
        await _rig.DeployAsync("1.0.0");

        await FluentActions.Awaiting(() => _rig.Pipeline(_rig.InPlace()).UseRecreate().Build().PlanAsync(_rig.Build("2.0.0"))).Should().ThrowAsync<DeploymentValidationException>().WithMessage("*side by side*prefix of its own*");
    }

    [Test]
    public async Task Deploy_FirstSwitchIsRepeated_InvalidatesEverythingOnce([Values] bool itsAnswerWasLost)
    {
        _rig.World.Put("by-hand/index.html", "by hand");
        _rig.CloudFront.ChangeByHand("/by-hand");
        int failures = 1;
        Action fail = () =>
        {
            if (failures-- > 0)
            {
                throw new IOException("The network is down.");
            }
        };
        _rig.CloudFront.BeforeInvalidation = itsAnswerWasLost ? () => { } : fail;
        _rig.CloudFront.Changed = change => (itsAnswerWasLost && change == "CreateInvalidation" ? fail : () => { })();

        await _rig.DeployAsync("1.0.0");

        failures.Should().BeLessThan(1, "else nothing was repeated");
        _rig.CloudFront.Invalidated.Should().ContainSingle().Which.Paths.Should().Equal("/*");
    }

    [Test]
    public async Task Deploy_SwitchIsRepeated_InvalidatesTheSameOnce()
    {
        await _rig.DeployAsync("1.0.0");
        _rig.World.Folder.With("app.1a2b3c4d.js", "app").With("about.html", "about");
        int failures = 1;
        _rig.CloudFront.Changed = change => _ = change == "CreateInvalidation" && failures-- > 0 ? throw new IOException("The answer was lost.") : 0;

        await _rig.DeployAsync("2.0.0");

        failures.Should().BeLessThan(1);
        _rig.CloudFront.Invalidated.Should().HaveCount(2);
        _rig.CloudFront.Invalidated[1].Paths.Should().Equal("/", "/about.html", "/index.html");
    }

    // What edges still take up is waited for by the next attempt.
    [Test]
    public async Task Deploy_EdgesTakeLongerThanAnAttempt_GoesOnWaitingAndInvalidates()
    {
        var slow = new FakeCloudFront(TimeProvider.System) { EdgesTake = TimeSpan.FromMilliseconds(1500), InvalidationTakes = TimeSpan.Zero };
        DeploymentPipeline pipeline = _rig.Pipeline(_rig.Target(cloudFront: slow)).UseBlueGreen(options => options.Retry = new Runbooks.RetryPolicy { Attempts = 5, Delay = TimeSpan.FromMilliseconds(10), Timeout = TimeSpan.FromMilliseconds(1000) }).Build();

        DeploymentResult result = await pipeline.DeployAsync(_rig.Build("1.0.0"));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.ToString());
        slow.Updates.Should().Be(1);
        slow.Invalidated.Should().ContainSingle().Which.Should().Match<(string Reference, string[] Paths, bool WasDeployed)>(made => made.WasDeployed && made.Paths.Length == 1);
    }

    [Test]
    public async Task Deploy_SomethingElseOfTheDistributionChanges_StaysSwitched()
    {
        int others = 1;
        _rig.CloudFront.Changed = change =>
        {
            if (change == "CreateInvalidation" && others-- > 0)
            {
                _rig.CloudFront.ChangeByHand(_rig.CloudFront.Path);
            }
        };

        await _rig.DeployAsync("1.0.0");

        others.Should().Be(0);
        _rig.CloudFront.Path.Should().Be("/" + One);
    }

    [Test]
    public async Task Route_ByARunThatWasOvertaken_IsRefused()
    {
        await _rig.DeployAsync("1.0.0");
        await _rig.DeployAsync("2.0.0");
        S3SiteTarget target = _rig.Target();
        Operation back = await AtomicRig.SwitchAsync(target, One);
        Operation on = await AtomicRig.SwitchAsync(target, "shop_2.0.0_1");
        await AtomicRig.RunAsync(target, on, "newer", 100);

        await FluentActions.Awaiting(() => AtomicRig.RunAsync(target, back, "older", 99)).Should().ThrowAsync<DeploymentException>().WithMessage("*epoch 100, and this one has 99*");

        _rig.CloudFront.Path.Should().Be("/shop_2.0.0_1");
        (await target.ObserveAsync(CancellationToken.None)).Epochs.Should().Contain("shop", 100L);
    }

    [Test]
    public async Task Route_SomebodyElseMovedTheOriginToAnotherRevision_LeavesTheirs()
    {
        await _rig.DeployAsync("1.0.0");
        await _rig.DeployAsync("2.0.0");
        await _rig.DeployAsync("3.0.0");
        S3SiteTarget target = _rig.Target();
        Operation to = await AtomicRig.SwitchAsync(target, "shop_2.0.0_1");
        _rig.CloudFront.ChangeByHand("/" + One);

        await FluentActions.Awaiting(() => AtomicRig.RunAsync(target, to, "late", 100)).Should().ThrowAsync<DeploymentException>().WithMessage("*somebody else has moved it*");

        _rig.CloudFront.Path.Should().Be("/" + One);
    }

    // Another store knows nothing of the runs that were here.
    [Test]
    public async Task Deploy_FromAnotherStoreWithOlderEpochs_IsRefusedBeforeAnythingIsChanged()
    {
        await _rig.DeployAsync("1.0.0");
        string path = _rig.CloudFront.Path;

        await FluentActions.Awaiting(() => _rig.BlueGreen(_rig.Target(), new InMemoryDeploymentStore()).DeployAsync(_rig.Build("2.0.0"))).Should().ThrowAsync<DeploymentException>().WithMessage("*another store*");

        _rig.CloudFront.Path.Should().Be(path);
    }
}
