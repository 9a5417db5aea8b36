using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Lambda;

public sealed class RemovalTests
{
    private LambdaRig _rig = null!;

    [SetUp]
    public void Begin() => _rig = new LambdaRig();

    [TearDown]
    public void End() => _rig.Dispose();

    [Test]
    public void Remove_OneThatNeverHadUsers_DeletesItsVersion()
    {
        _rig.Bring(_rig.Revision("1.0.0"));
        Revision tried = _rig.Revision("1.1.0");
        _rig.Run(_rig.Target.Install(tried));
        _rig.Run(_rig.Target.Remove(tried.Id));
        _rig.Stub.Numbers.Should().Equal(1);
        _rig.Run(_rig.Target.Remove(tried.Id));
        _rig.See().Stands(tried.Id).Should().BeFalse();
    }

    [Test]
    public void Remove_OneThatHadUsers_KeepsItsVersionAndBringsItBackWithoutAnUpload()
    {
        using var rig = new LambdaRig(options => options.ProvisionedConcurrency = 2);
        Revision old = rig.Revision("1.0.0");
        rig.Bring(old);
        rig.Bring(rig.Revision("1.1.0"));
        rig.Run(rig.Target.Remove(old.Id));
        rig.Stub.Warm(1).Should().BeNull("what is kept warm costs money");
        rig.Stub.Numbers.Should().Equal(1, 2);
        rig.See().Stands(old.Id).Should().BeFalse();
        rig.Stub.Changes.Clear();
        rig.Run(rig.Target.Install(old));
        rig.Stub.Changes.Should().Equal("PutProvisionedConcurrencyConfig", "UpdateAlias");
        rig.See().Stands(old.Id).Should().BeTrue();
    }

    [Test]
    public void TidyUp_AfterUpdatesInPlace_KeepsOnlyWhatUsersHaveWarm()
    {
        using var rig = new LambdaRig(options => options.ProvisionedConcurrency = 5);
        for (int release = 0; release < 5; release++)
        {
            rig.Run(rig.Target.Update(rig.Revision($"1.{release}.0")));
            rig.TidyUp();
        }

        rig.Stub.Numbers.Select(number => (number, rig.Stub.Warm(number))).Should().Equal((3, null), (4, null), (5, 5));
    }

    [Test]
    public void Remove_OneWithTraffic_IsRefused()
    {
        Revision old = _rig.Revision("1.0.0");
        Revision next = _rig.Revision("1.1.0");
        _rig.Bring(old);
        _rig.Run(_rig.Target.Install(next));
        _rig.Run(_rig.Target.Route(LambdaRig.Split(next, 10, old)));
        _rig.Refused(_rig.Target.Remove(next.Id)).Should().Contain("it has traffic");
        _rig.Stub.Numbers.Should().Equal(1, 2);
    }

    [Test]
    public void TidyUp_KeepsTheLastOnesAndWhatIsNamedElsewhere()
    {
        Revision[] releases = [.. Enumerable.Range(0, 6).Select(minor => _rig.Revision($"1.{minor}.0"))];
        int byHand = _rig.Stub.PublishByHand("By hand.");
        foreach ((Revision release, int index) in releases.Select((release, index) => (release, index)))
        {
            _rig.Bring(release);
            if (index > 0)
            {
                _rig.Run(_rig.Target.Remove(releases[index - 1].Id));
            }
        }

        // Versions 2 to 7 are the releases.
        _rig.Stub.SetAlias("audit", 2);
        _rig.TidyUp();
        _rig.Stub.Numbers.Should().Equal(byHand, 2, 5, 6, 7);
        _rig.Stub.Alias("live")!.Description.Should().Be("[deployment epoch 1, up to 7 standing 7]");
        _rig.Stub.Changes.Clear();
        _rig.TidyUp();
        _rig.Stub.Changes.Should().BeEmpty();
    }

    [Test]
    public void Deployments_OneAfterTheOther_KeepTheLastVersionsThatHadUsers()
    {
        _rig.Stub.Latest = _rig.Stub.Latest with { PackageType = "Image" };
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(_rig.Make())
            .UseBlueGreen(blueGreen => blueGreen.RollbackWindow = TimeSpan.Zero)
            .UseStore(new InMemoryDeploymentStore())
            .UseTimeProvider(_rig.Time.Clock)
            .Build();
        _rig.Time.Run(async () =>
        {
            for (int minor = 0; minor < 6; minor++)
            {
                Artifact image = Artifact.Image($"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:{new string((char)('0' + minor), 64)}");
                (await pipeline.DeployAsync(Release.Of("shop", $"1.{minor}.0", image))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
                await pipeline.CompleteAsync();
            }

            _rig.Stub.Numbers.Should().Equal(4, 5, 6);
            (await pipeline.RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded);
            await pipeline.CompleteAsync();
        });
        _rig.Shares.Should().Be("7=100", "what was removed comes back as another attempt of its version");
        _rig.Stub.VersionOf(7).Description.Should().StartWith("shop_1.4.0_2 on live");
        _rig.Stub.Numbers.Should().Equal(5, 6, 7);
    }

    [Test]
    public void TidyUp_AfterManyDeployments_ForgetsNothingThatEnded()
    {
        using var rig = new LambdaRig(options => options.KeptVersions = 20);
        int byHand = 0;
        while (byHand < 1000)
        {
            byHand = rig.Stub.PublishByHand("By hand.");
        }

        rig.Stub.SetAlias("live", byHand, new string('w', 120));
        Revision[] releases = [.. Enumerable.Range(0, 40).Select(minor => rig.Revision($"1.{minor}.0"))];
        rig.Bring(releases[0]);
        foreach ((Revision old, Revision next) in releases.Zip(releases.Skip(1)))
        {
            rig.Bring(next);
            rig.Run(rig.Target.Remove(old.Id));
            rig.TidyUp();
        }

        rig.Stub.Numbers.Count(number => number > byHand).Should().Be(21);
        rig.See().Revisions.Select(seen => seen.Id.ToString()).Should().Equal("live_0.0.0-version.1000_1", "shop_1.39.0_1");
    }

    [Test]
    public void Remove_VersionThatAnotherAliasNames_LeavesItWarm()
    {
        using var rig = new LambdaRig();
        Revision old = rig.Revision("1.0.0");
        rig.Bring(old);
        rig.Bring(rig.Revision("1.1.0"));
        Revision trial = rig.Revision("1.2.0");
        rig.Run(rig.Target.Install(trial));
        rig.Stub.SetAlias("audit", 1, "", (3, 0.5));
        foreach (string version in (string[])["1", "3"])
        {
            rig.Time.Run(() => rig.Stub.PutProvisionedConcurrencyConfigAsync("shop", version, 7, CancellationToken.None));
        }

        rig.Run(rig.Target.Remove(old.Id));
        rig.Run(rig.Target.Remove(trial.Id));
        (rig.Stub.Warm(1), rig.Stub.Warm(3)).Should().Be((7, 7));
        rig.See().Revisions.Select(seen => seen.Id.Version).Should().Equal("1.1.0");
    }

    [Test]
    public void TidyUp_OlderEpoch_DeletesNothing()
    {
        using var rig = new LambdaRig(options => options.KeptVersions = 0);
        Revision old = rig.Revision("1.0.0");
        rig.Bring(old);
        rig.Epoch = 5;
        rig.Bring(rig.Revision("1.1.0"));
        rig.Run(rig.Target.Remove(old.Id));
        rig.Epoch = 4;
        rig.Invoking(one => one.TidyUp()).Should().Throw<DeploymentException>().WithMessage("*epoch 5*");
        rig.Stub.Numbers.Should().Equal(1, 2);
        rig.Epoch = 6;
        rig.TidyUp();
        rig.Stub.Numbers.Should().Equal(2);
    }

    [Test]
    public void TidyUp_ZipsOfLongAgo_AreRemoved()
    {
        Revision old = _rig.Revision("1.0.0");
        Revision next = _rig.Revision("1.1.0");
        string ZipOf(Revision revision) => Path.Combine(_rig.Folder, "packages", $"{revision.Release.Artifact.Sha256}.zip");
        DateTime now = _rig.Time.Clock.GetUtcNow().UtcDateTime;
        File.SetLastWriteTimeUtc(ZipOf(old), now - TimeSpan.FromDays(31));
        File.SetLastWriteTimeUtc(ZipOf(next), now - TimeSpan.FromDays(29));
        _rig.TidyUp();
        File.Exists(ZipOf(old)).Should().BeFalse();
        File.Exists(ZipOf(next)).Should().BeTrue();
    }

    [Test]
    public void Update_EndsWhatRanBeforeAndIsUndoneByIt()
    {
        Revision old = _rig.Revision("1.0.0");
        Revision next = _rig.Revision("1.1.0");
        _rig.Run(_rig.Target.Update(old));
        _rig.Run(_rig.Target.Update(next));
        _rig.Shares.Should().Be("2=100");
        _rig.See().Revisions.Select(seen => seen.Id).Should().Equal(next.Id);
        _rig.Run(_rig.Target.Update(old));
        _rig.Shares.Should().Be("1=100");
        _rig.See().Revisions.Select(seen => seen.Id).Should().Equal(old.Id);
    }

    [Test]
    public void Clear_AfterAFirstUpdate_LeavesTheFunctionWithoutAliasOrVersion()
    {
        Revision first = _rig.Revision("1.0.0");
        _rig.Run(_rig.Target.Update(first));
        _rig.Run(_rig.Target.Clear(first.Id));
        _rig.Stub.Numbers.Should().BeEmpty();
        _rig.Stub.Alias("live").Should().BeNull();
        _rig.Run(_rig.Target.Clear(first.Id));
    }
}
