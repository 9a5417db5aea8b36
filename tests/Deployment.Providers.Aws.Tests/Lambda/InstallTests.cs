using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Lambda;

public sealed class InstallTests
{
    private LambdaRig _rig = null!;

    [SetUp]
    public void Begin() => _rig = new LambdaRig();

    [TearDown]
    public void End() => _rig.Dispose();

    [Test]
    public void Install_NewRevision_PublishesItsVersionOnceAndWaitsUntilItIsActive()
    {
        Revision revision = _rig.Revision("1.0.0");
        EffectContext run = _rig.Run(_rig.Target.Install(revision));
        FunctionConfiguration version = _rig.Stub.VersionOf(1);
        version.Description.Should().Be("shop_1.0.0_1 on live, epoch 1");
        version.State.Should().Be("Active");
        Convert.ToHexStringLower(Convert.FromBase64String(version.CodeSha256!)).Should().Be(revision.Release.Artifact.Sha256);
        run.Recorded.Should().Contain("version", "1");
        _rig.Stub.Changes.Should().Equal("UpdateFunctionConfiguration", "UpdateFunctionCode", "PublishVersion");
        Observation seen = _rig.See();
        seen.Traffic.IsEmpty.Should().BeTrue();
        seen.Revisions.Should().ContainSingle().Which.Should().Match<ObservedRevision>(one => one.Id == revision.Id && one.Instances == 1);
        seen.Epochs.Should().Contain("shop", 1);

        _rig.Run(_rig.Target.Install(revision));
        _rig.Stub.Changes.Should().HaveCount(3, "what stands is left alone");
    }

    [Test]
    public void Install_SameCodeAsAnotherVersion_UploadsNothingAndSaysSo()
    {
        _rig.Bring(_rig.Revision("1.0.0", code: "same"));
        _rig.Stub.Changes.Clear();
        EffectContext run = _rig.Run(_rig.Target.Install(_rig.Revision("1.1.0", code: "same")));
        _rig.Stub.Changes.Should().Equal("UpdateFunctionConfiguration", "PublishVersion");
        _rig.Stub.VersionOf(2).Description.Should().StartWith("shop_1.1.0_1 on live");
        run.Recorded.Should().Contain("same code as", "1");
        _rig.Progress.Should().Contain(line => line.Contains("Version 2 has the code that version 1 has already", StringComparison.Ordinal));
    }

    [Test]
    public void Install_Options_AreSetAndOthersKept()
    {
        _rig.Run(_rig.Make(options => (options.MemoryMegabytes, options.Timeout, options.Handler) = (512, TimeSpan.FromSeconds(30), "main.run")).Install(_rig.Revision("1.0.0")));
        _rig.Stub.VersionOf(1).Should().Match<FunctionConfiguration>(version => version.MemorySize == 512 && version.Timeout == 30 && version.Handler == "main.run" && version.Runtime == "nodejs22.x");
    }

    [Test]
    public void Install_SomebodyChangesTheFunctionInBetween_IsDecidedAgain([Values("UpdateFunctionConfiguration", "UpdateFunctionCode", "PublishVersion")] string call)
    {
        bool came = false;
        _rig.Stub.Before = name =>
        {
            if (name == call && !came)
            {
                came = true;
                _rig.Stub.Latest = _rig.Stub.Latest with { Description = "Somebody else was here.", CodeSha256 = "other", LastUpdateStatus = "Successful" };
            }
        };
        Revision revision = _rig.Revision("1.0.0");
        _rig.Run(_rig.Target.Install(revision));
        came.Should().BeTrue();
        _rig.Stub.Numbers.Should().Equal(1);
        Convert.ToHexStringLower(Convert.FromBase64String(_rig.Stub.VersionOf(1).CodeSha256!)).Should().Be(revision.Release.Artifact.Sha256, "what is published is what was planned");
        _rig.Progress.Should().Contain(line => line.Contains("changed by somebody else", StringComparison.Ordinal));
    }

    [Test]
    public void Install_SomebodyChangesTheFunctionAgainAndAgain_GivesUp()
    {
        _rig.Stub.Before = name =>
        {
            if (name == "PublishVersion")
            {
                _rig.Stub.Latest = _rig.Stub.Latest with { CodeSha256 = "other" };
            }
        };
        _rig.Refused(_rig.Target.Install(_rig.Revision("1.0.0"))).Should().Contain("lambda:PublishVersion").And.Contain("Revision Id");
        _rig.Stub.Numbers.Should().BeEmpty();
    }

    [Test]
    public void Install_AnUpdateIsUnderWay_WaitsForIt()
    {
        _rig.Stub.Latest = _rig.Stub.Latest with { LastUpdateStatus = "InProgress" };
        _rig.Run(_rig.Target.Install(_rig.Revision("1.0.0")));
        _rig.Stub.Numbers.Should().Equal(1);
    }

    [Test]
    public void Install_VersionThatFails_SaysWhyAndIsFoundAgain()
    {
        _rig.Stub.VersionsFail = "The subnet has no addresses left.";
        _rig.Refused(_rig.Target.Install(_rig.Revision("1.0.0"))).Should().Be("Version 1 of shop can't be made to run: The subnet has no addresses left. (InvalidSubnet)");
        _rig.See().Revisions.Should().ContainSingle().Which.Instances.Should().Be(0);
        _rig.Run(_rig.Target.Remove(new RevisionId("shop", "1.0.0", 1)));
        _rig.Stub.Numbers.Should().BeEmpty();
    }

    [Test]
    public void Install_VersionThatStaysPending_IsGivenUpInTime()
    {
        _rig.Stub.PendingTime = TimeSpan.FromHours(1);
        DateTimeOffset begin = _rig.Time.Clock.GetUtcNow();
        _rig.Refused(_rig.Target.Install(_rig.Revision("1.0.0"))).Should().Contain("Version 1 of shop is still Pending").And.Contain("ReadyTimeout");
        (_rig.Time.Clock.GetUtcNow() - begin).Should().BeCloseTo(TimeSpan.FromMinutes(4), TimeSpan.FromSeconds(2));
    }

    [Test]
    public void Install_UpdateThatAwsCanNotMake_SaysWhyAndPublishesNothing()
    {
        _rig.Stub.UpdatesFail = "The security group is gone.";
        _rig.Refused(_rig.Target.Install(_rig.Revision("1.0.0"))).Should().Contain("The security group is gone.").And.Contain("No version was published");
        _rig.Stub.Numbers.Should().BeEmpty();
    }

    [Test]
    public void Install_OlderEpoch_IsRefusedBeforeItChangesAnything()
    {
        _rig.Run(_rig.Target.Install(_rig.Revision("1.0.0")), epoch: 7);
        _rig.Stub.Changes.Clear();
        _rig.Refused(_rig.Target.Install(_rig.Revision("1.1.0")), epoch: 6).Should().Contain("epoch 7").And.Contain("another process has taken over");
        _rig.Stub.Changes.Should().BeEmpty();
    }

    [Test]
    public void Install_OvertakenInBetween_NeverPublishes()
    {
        bool came = false;
        _rig.Stub.Before = name =>
        {
            if (name == "PublishVersion" && !came)
            {
                came = true;
                _rig.Stub.Latest = _rig.Stub.Latest with { Description = "shop_1.2.0_1 on live, epoch 8" };
            }
        };
        _rig.Refused(_rig.Target.Install(_rig.Revision("1.1.0")), epoch: 7).Should().Contain("epoch 8");
        _rig.Stub.Numbers.Should().BeEmpty();
    }

    [Test]
    public void Install_OvertakenBeforeTheUpload_NeverUploads()
    {
        bool came = false;
        _rig.Stub.Before = name =>
        {
            if (name == "UpdateFunctionCode" && !came)
            {
                came = true;
                _rig.Stub.Latest = _rig.Stub.Latest with { Description = "shop_1.2.0_1 on live, epoch 8", CodeSha256 = "of the other run" };
            }
        };
        _rig.Refused(_rig.Target.Install(_rig.Revision("1.1.0")), epoch: 7).Should().Contain("epoch 8");
        _rig.Stub.Latest.CodeSha256.Should().Be("of the other run");
    }

    [Test]
    public void Install_SomebodyChangesTheVariablesWhileItWaits_PublishesItsOwn([Values("UpdateFunctionConfiguration", "UpdateFunctionCode")] string call)
    {
        bool came = false;
        _rig.Stub.After = name => came |= name == call;
        _rig.Stub.Before = name =>
        {
            if (came && name == "GetFunctionConfiguration")
            {
                came = false;
                _rig.Stub.After = _ => { };
                _rig.Stub.Latest = _rig.Stub.Latest with { LastUpdateStatus = "Successful", Environment = new EnvironmentVariables { Variables = new() { ["COLOR"] = "by hand" } } };
            }
        };
        _rig.Run(_rig.Target.Install(_rig.Revision("1.0.0", release => release.WithSetting("COLOR", "blue"))));
        _rig.Progress.Should().Contain(line => line.Contains("changed by somebody else", StringComparison.Ordinal));
        _rig.Stub.Numbers.Should().Equal(1);
        _rig.Stub.VersionOf(1).Environment!.Variables!["COLOR"].Should().Be("blue");
    }

    [Test]
    public void Install_AnotherTargetsVersionOfTheSameRelease_IsNotTakenForIts()
    {
        Revision revision = _rig.Revision("1.0.0", release => release.WithSetting("DATABASE", "staging"));
        _rig.Run(_rig.Make(name: "staging", alias: "staging").Install(revision), _rig.Make(name: "staging", alias: "staging"));
        _rig.See().Revisions.Should().BeEmpty();
        _rig.Run(_rig.Target.Install(revision with { Release = revision.Release.WithSetting("DATABASE", "production") }));
        _rig.Stub.VersionOf(1).Environment!.Variables!["DATABASE"].Should().Be("staging");
        _rig.Stub.VersionOf(2).Environment!.Variables!["DATABASE"].Should().Be("production");
    }

    [Test]
    public void Install_AnotherApplication_IsRefusedWhateverItIsCalled([Values("mail", "live")] string application)
    {
        _rig.Bring(_rig.Revision("1.0.0"));
        Revision other = _rig.Revision("2.0.0") with { Id = new RevisionId(application, "2.0.0", 1) };
        _rig.Refused(_rig.Target.Install(other)).Should().Contain("has versions of shop").And.Contain($"is to bring {application}");
        _rig.Stub.Numbers.Should().Equal(1);
    }

    [Test]
    public void Install_NameOfAVersionWithOtherCode_IsRefused()
    {
        _rig.Run(_rig.Target.Install(_rig.Revision("1.0.0", code: "one")));
        _rig.Refused(_rig.Target.Install(_rig.Revision("1.0.0", code: "other"))).Should().Contain("Version 1 of shop is called shop_1.0.0_1, and has other code");
    }

    [Test]
    public void Install_ProvisionedConcurrency_IsWaitedForAndNotAskedForTwice()
    {
        using var rig = new LambdaRig(options => options.ProvisionedConcurrency = 5);
        Revision revision = rig.Revision("1.0.0");
        rig.Run(rig.Target.Install(revision));
        rig.Stub.Warm(1).Should().Be(5);
        rig.Run(rig.Target.Route(TrafficSplit.AllTo(revision.Id)));
        rig.Run(rig.Target.Install(revision));
        rig.Stub.Changes.Count(change => change == "PutProvisionedConcurrencyConfig").Should().Be(1);
    }

    [Test]
    public void Install_ProvisionedConcurrencyThatCanNotBeHad_SaysWhyAndGetsNoTraffic()
    {
        using var rig = new LambdaRig(options => options.ProvisionedConcurrency = 5);
        rig.Stub.WarmingFails = "The account has no concurrency left.";
        Revision revision = rig.Revision("1.0.0");
        rig.Refused(rig.Target.Install(revision)).Should().Contain("The account has no concurrency left.");
        rig.Refused(rig.Target.Shift(TrafficSplit.None, TrafficSplit.AllTo(revision.Id))).Should().Contain("is FAILED").And.Contain("gets no more traffic");
        rig.Shares.Should().Be("none");
    }

    [Test]
    public void Install_AnImageForAFunctionOfZips_IsRefused()
    {
        Artifact image = Artifact.Image("123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:1.0.0") with { Sha256 = new string('a', 64) };
        _rig.Refused(_rig.Target.Install(new Revision(new RevisionId("shop", "1.0.0", 1), Release.Of("shop", "1.0.0", image)))).Should().Contain("takes zips").And.Contain("is an image");
        _rig.Stub.Changes.Should().BeEmpty();
    }

    [Test]
    public void Install_AnImage_IsNamedByItsDigest()
    {
        _rig.Stub.Latest = _rig.Stub.Latest with { PackageType = "Image", CodeSha256 = new string('b', 64) };
        Artifact image = Artifact.Image("123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:1.0.0") with { Sha256 = new string('a', 64) };
        _rig.Run(_rig.Target.Install(new Revision(new RevisionId("shop", "1.0.0", 1), Release.Of("shop", "1.0.0", image))));
        _rig.Stub.VersionOf(1).CodeSha256.Should().Be(new string('a', 64));
    }
}
