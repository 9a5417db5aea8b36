using System.Net;
using Amazon.Runtime;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>What a release doesn't name is what users have now, and nobody is shown it.</summary>
public sealed class KeptTests
{
    private LambdaRig _rig = null!;

    [SetUp]
    public void Begin() => _rig = new LambdaRig();

    [TearDown]
    public void End() => _rig.Dispose();

    [Test]
    public void Install_Settings_GoOverTheVariablesThatUsersHave()
    {
        _rig.Bring(_rig.Revision("1.0.0", release => release.WithSetting("COLOR", "blue").WithSetting("SIZE", "1")));
        // Whoever writes into what is being prepared doesn't change what a release gets.
        _rig.Stub.Latest = _rig.Stub.Latest with { Environment = new EnvironmentVariables { Variables = new() { ["COLOR"] = "by hand" } } };
        _rig.Run(_rig.Target.Install(_rig.Revision("1.1.0", release => release.WithSetting("SIZE", "2"))));
        _rig.Stub.VersionOf(2).Environment!.Variables.Should().BeEquivalentTo(new Dictionary<string, string> { ["COLOR"] = "blue", ["SIZE"] = "2" });
    }

    [Test]
    public void Install_FirstOne_KeepsTheVariablesOfTheFunction()
    {
        _rig.Stub.Latest = _rig.Stub.Latest with { Environment = new EnvironmentVariables { Variables = new() { ["TABLE"] = "orders" } } };
        _rig.Run(_rig.Target.Install(_rig.Revision("1.0.0", release => release.WithSetting("COLOR", "blue"))));
        _rig.Stub.VersionOf(1).Environment!.Variables.Should().BeEquivalentTo(new Dictionary<string, string> { ["TABLE"] = "orders", ["COLOR"] = "blue" });
    }

    [Test]
    public void Install_VariablesThatCanNotBeRead_AreNotLost()
    {
        _rig.Stub.Latest = _rig.Stub.Latest with { Environment = new EnvironmentVariables { Error = new EnvironmentError("AccessDeniedException", "The ciphertext refers to a key that you may not use.") } };
        _rig.Refused(_rig.Target.Install(_rig.Revision("1.0.0"))).Should().Contain("would be lost").And.Contain("kms:Decrypt");
        _rig.Stub.Changes.Should().BeEmpty();
    }

    [Test]
    public void Install_TooMuchWithTheVariablesThatAreKept_NamesSizesAlone()
    {
        _rig.Stub.Latest = _rig.Stub.Latest with { Environment = new EnvironmentVariables { Variables = new() { ["DB_PASSWORD"] = "hunter2", ["PAD"] = new string('x', 3900) } } };
        string refused = _rig.Refused(_rig.Target.Install(_rig.Revision("1.0.0", release => release.WithSetting("COLOR", new string('y', 200)))));
        refused.Should().Contain("4096").And.Contain("Nothing was changed.").And.NotContain("hunter2").And.NotContain("yyy");
        _rig.Stub.Changes.Should().BeEmpty();
    }

    [Test]
    public void Install_AsMuchAsAwsTakes_IsTaken()
    {
        // {"PAD":"…"} is ten bytes more than the value.
        _rig.Run(_rig.Target.Install(_rig.Revision("1.0.0", release => release.WithSetting("PAD", new string('x', 4086)))));
        _rig.Stub.Numbers.Should().Equal(1);
    }

    [Test]
    public void Failure_ThatQuotesVariables_IsCutBeforeThem()
    {
        const string Said = "The environment variables you have provided exceeded the 4KB limit. String measured: {\"DB_PASSWORD\":\"hunter2\"}";
        var failure = AwsFailure.Of(new AmazonServiceException(Said, null, ErrorType.Sender, "InvalidParameterValueException", "id", HttpStatusCode.BadRequest), "lambda:UpdateFunctionConfiguration", "shop");
        failure.ToString().Should().Contain("exceeded the 4KB limit").And.NotContain("hunter2").And.NotContain("DB_PASSWORD");
    }

    [Test]
    public void Install_WhatNoOptionNames_IsThatOfTheVersionUsersHave()
    {
        _rig.Bring(_rig.Revision("1.0.0"));
        LambdaTarget staging = _rig.Make(options => (options.MemoryMegabytes, options.Timeout, options.Handler, options.Runtime) = (1024, TimeSpan.FromSeconds(900), "stage.run", "nodejs24.x"), "staging", "staging");
        _rig.Run(staging.Install(_rig.Revision("1.1.0")), staging);
        _rig.Stub.VersionOf(2).MemorySize.Should().Be(1024);
        _rig.Run(_rig.Target.Install(_rig.Revision("1.1.0")));
        _rig.Stub.VersionOf(3).Should().Match<FunctionConfiguration>(version => version.MemorySize == 128 && version.Timeout == 3 && version.Handler == "index.handler" && version.Runtime == "nodejs22.x");
    }

    [Test]
    public void Install_AfterOneThatNeverGotTraffic_HasNothingOfIt()
    {
        _rig.Bring(_rig.Revision("1.0.0"));
        LambdaTarget large = _rig.Make(options => options.MemoryMegabytes = 3000);
        _rig.Run(large.Install(_rig.Revision("1.1.0")), large);
        _rig.Run(_rig.Target.Remove(new RevisionId("shop", "1.1.0", 1)));
        _rig.Run(_rig.Target.Install(_rig.Revision("1.2.0")));
        _rig.Stub.VersionOf(3).MemorySize.Should().Be(128);
    }

    [Test]
    public void Install_OvertakenWhileItWaits_ChangesNothing()
    {
        _rig.Stub.Latest = _rig.Stub.Latest with { LastUpdateStatus = "InProgress" };
        int looks = 0;
        _rig.Stub.Before = name =>
        {
            if (name == "GetFunctionConfiguration" && ++looks == 2)
            {
                _rig.Stub.Latest = _rig.Stub.Latest with { Description = "shop_1.2.0_1 on live, epoch 8", CodeSha256 = "of the newer run", LastUpdateStatus = "Successful" };
            }
        };
        _rig.Refused(_rig.Target.Install(_rig.Revision("1.1.0")), epoch: 7).Should().Contain("epoch 8").And.Contain("another process has taken over");
        _rig.Stub.Changes.Should().BeEmpty();
        _rig.Stub.Latest.CodeSha256.Should().Be("of the newer run");
    }

    [Test]
    public void Install_UsersGetAnotherVersionWhileItWaits_KeepsThatOnesVariables()
    {
        _rig.Bring(_rig.Revision("1.0.0", release => release.WithSetting("COLOR", "blue")));
        _rig.Stub.Latest = _rig.Stub.Latest with { Environment = new EnvironmentVariables { Variables = new() { ["COLOR"] = "mended" } } };
        int hand = _rig.Stub.PublishByHand("By hand.");
        _rig.Stub.Latest = _rig.Stub.Latest with { LastUpdateStatus = "InProgress" };
        _rig.Stub.After = _ => { };
        bool came = false;
        _rig.Stub.Before = name =>
        {
            // The alias moves after the first look at it.
            if (name == "GetFunctionConfiguration" && came)
            {
                _rig.Stub.Before = _ => { };
                _rig.Stub.SetAlias("live", hand, _rig.Stub.Alias("live")!.Description!);
            }

            came |= name == "GetAlias";
        };
        _rig.Run(_rig.Target.Install(_rig.Revision("1.1.0")));
        _rig.Stub.VersionOf(3).Environment!.Variables!["COLOR"].Should().Be("mended");
    }

    [Test]
    public void Install_SomebodyUploadsOtherCodeWhileItWaits_IsDecidedAgain()
    {
        bool came = false;
        _rig.Stub.After = name =>
        {
            if (name == "UpdateFunctionCode" && !came)
            {
                came = true;
                _rig.Stub.Latest = _rig.Stub.Latest with { CodeSha256 = "other", LastUpdateStatus = "Successful" };
            }
        };
        Revision revision = _rig.Revision("1.0.0");
        _rig.Run(_rig.Target.Install(revision));
        came.Should().BeTrue();
        _rig.Progress.Should().Contain(line => line.Contains("changed by somebody else", StringComparison.Ordinal));
        Convert.ToHexStringLower(Convert.FromBase64String(_rig.Stub.VersionOf(1).CodeSha256!)).Should().Be(revision.Release.Artifact.Sha256);
    }

    [Test]
    public void Install_AnObjectWithoutVersionsThatChanged_SaysSo()
    {
        Artifact pinned = LambdaCode.S3("bucket", "key.zip") with { Sha256 = new string('a', 64) };
        _rig.Refused(_rig.Target.Install(new Revision(new RevisionId("shop", "1.0.0", 1), Release.Of("shop", "1.0.0", pinned)))).Should().Contain("has changed since").And.Contain("No version was published.");
    }
}
