using System.Net;
using Amazon.Runtime;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Lambda;

public sealed class TrafficTests
{
    private LambdaRig _rig = null!;
    private Revision _old = null!;
    private Revision _new = null!;

    [SetUp]
    public void Begin()
    {
        _rig = new LambdaRig();
        _old = _rig.Revision("1.0.0");
        _new = _rig.Revision("1.1.0");
        _rig.Bring(_old);
        _rig.Run(_rig.Target.Install(_new));
        _rig.Stub.Changes.Clear();
    }

    [TearDown]
    public void End()
    {
        _rig.Stub.Violations.Should().BeEmpty();
        _rig.Dispose();
    }

    [Test]
    public void Route_Shares_AreOneCallEachAndReadBack()
    {
        _rig.Run(_rig.Target.Route(LambdaRig.Split(_new, 10, _old)));
        _rig.Shares.Should().Be("1=90,2=10");
        _rig.See().Traffic.Should().Be(LambdaRig.Split(_new, 10, _old));
        _rig.Run(_rig.Target.Route(LambdaRig.Split(_new, 57, _old)));
        _rig.Shares.Should().Be("1=43,2=57");
        _rig.Run(_rig.Target.Route(TrafficSplit.AllTo(_new.Id)));
        _rig.Shares.Should().Be("2=100");
        _rig.Stub.Alias("live")!.RoutingConfig!.AdditionalVersionWeights.Should().BeEmpty();
        _rig.Stub.Changes.Should().Equal("UpdateAlias", "UpdateAlias", "UpdateAlias");
        _rig.Run(_rig.Target.Route(TrafficSplit.AllTo(_new.Id)));
        _rig.Stub.Changes.Should().HaveCount(3, "what is so already isn't done again");
        _rig.Run(_rig.Target.Route(TrafficSplit.AllTo(_old.Id)));
        _rig.Stub.Changes.Should().HaveCount(4, "going back is one call");
    }

    [Test]
    public void Route_Shares_AreDealtOutAtRandom()
    {
        _rig.Run(_rig.Target.Route(LambdaRig.Split(_new, 10, _old)));
        var random = new Random(4711);
        int met = Enumerable.Range(0, 10_000).Count(_ => _rig.Stub.Deal("live", random) == 2);
        met.Should().BeInRange(910, 1090, "10% of 10,000 with three standard deviations of 30");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Route_SomebodyShiftsInBetween_IsReadAgain(bool compares)
    {
        _rig.Stub.ComparesRevisions = compares;
        bool came = false;
        _rig.Stub.Before = name =>
        {
            if (name == "UpdateAlias" && !came)
            {
                came = true;
                _rig.Stub.SetAlias("live", 1, "A person's words. [deployment epoch 9]");
            }
        };
        if (compares)
        {
            _rig.Refused(_rig.Target.Route(TrafficSplit.AllTo(_new.Id)), epoch: 8).Should().Contain("epoch 9").And.Contain("Nothing was changed");
            _rig.Shares.Should().Be("1=100", "a run that was overtaken never moves the traffic");
        }
        else
        {
            // The control: without the comparison the late call lands, so the test above can fail.
            _rig.Run(_rig.Target.Route(TrafficSplit.AllTo(_new.Id)), epoch: 8);
            _rig.Shares.Should().Be("2=100");
        }
    }

    [Test]
    public void Route_SomebodyWritesADescriptionInBetween_IsDecidedAgainAndKept()
    {
        bool came = false;
        _rig.Stub.Before = name =>
        {
            if (name == "UpdateAlias" && !came)
            {
                came = true;
                _rig.Stub.SetAlias("live", 1, "What the shop's page calls.");
            }
        };
        _rig.Run(_rig.Target.Route(LambdaRig.Split(_new, 10, _old)));
        _rig.Shares.Should().Be("1=90,2=10");
        _rig.Stub.Alias("live")!.Description.Should().Be("What the shop's page calls. [deployment epoch 1]");
    }

    [Test]
    public void Route_SomebodyAlwaysComesFirst_IsGivenUp()
    {
        _rig.Stub.Before = name =>
        {
            if (name == "UpdateAlias")
            {
                _rig.Stub.SetAlias("live", 1);
            }
        };
        _rig.Refused(_rig.Target.Route(TrafficSplit.AllTo(_new.Id))).Should().Contain("lambda:UpdateAlias").And.Contain("Revision Id");
        _rig.Shares.Should().Be("1=100");
    }

    [Test]
    public void Route_RevisionThatIsNotThere_LeavesTheTraffic()
    {
        _rig.Refused(_rig.Target.Route(TrafficSplit.AllTo(new RevisionId("shop", "9.9.9", 1)))).Should().Contain("shop_9.9.9_1 doesn't stand on live");
        _rig.Shares.Should().Be("1=100");
    }

    [Test]
    public void Route_VersionThatIsNotActive_GetsNothing()
    {
        _rig.Stub.PendingTime = TimeSpan.FromHours(1);
        Revision slow = _rig.Revision("1.2.0");
        _rig.Refused(_rig.Target.Install(slow));
        _rig.Refused(_rig.Target.Route(LambdaRig.Split(slow, 10, _old))).Should().Contain("is Pending").And.Contain("gets no more traffic");
        _rig.Shares.Should().Be("1=100");
    }

    [Test]
    public void Route_NobodyAnyMore_TakesAnAliasOfItsOwnAwayAndNoOther()
    {
        _rig.Run(_rig.Target.Route(TrafficSplit.None));
        _rig.Stub.Alias("live").Should().BeNull();
        int other = _rig.Stub.PublishByHand("By hand.");
        _rig.Stub.SetAlias("live", other);
        _rig.Refused(_rig.Target.Route(TrafficSplit.None)).Should().Contain($"version {other}").And.Contain("didn't make");
        _rig.Stub.Alias("live").Should().NotBeNull();
    }

    [Test]
    public void Observe_AliasMadeByHand_IsTakenOverAndGoneBackTo()
    {
        using var rig = new LambdaRig();
        int byHand = rig.Stub.PublishByHand("Published in the console.");
        rig.Stub.SetAlias("live", byHand, "What the shop's page calls.");
        Observation seen = rig.See();
        seen.Problems.Should().BeEmpty();
        RevisionId known = seen.Live()!;
        known.ToString().Should().Be("live_0.0.0-version.1_1");
        seen.Stands(known).Should().BeTrue();

        Revision first = rig.Revision("1.0.0");
        rig.Bring(first);
        rig.Shares.Should().Be("2=100");
        rig.See().Stands(known).Should().BeTrue("a run that failed now would go back to it");
        rig.Run(rig.Target.Route(seen.Traffic));
        rig.Shares.Should().Be("1=100");
        rig.Run(rig.Target.Route(TrafficSplit.AllTo(first.Id)));
        rig.Run(rig.Target.Remove(known));
        rig.Stub.Numbers.Should().Contain(1, "what it didn't make it doesn't remove");
        rig.See().Stands(known).Should().BeFalse();
    }

    [Test]
    public void Observe_WhatAwsCanNotDeployTo_IsAProblem()
    {
        using var rig = new LambdaRig();
        int one = rig.Stub.PublishByHand("one");
        int two = rig.Stub.PublishByHand("two");
        rig.Stub.SetAlias("live", one, "", (two, 0.1));
        rig.See().Problems.Should().ContainSingle().Which.Should().Contain("somebody else's shift is under way");
        rig.Stub.SetAlias("live", one, "", (two, 0.125));
        rig.See().Problems.Should().ContainSingle().Which.Should().Contain("12.5%").And.Contain("whole percents");
        rig.Stub.SetAlias("live", one, new string('x', 200));
        rig.See().Problems.Should().ContainSingle().Which.Should().Contain("Shorten it");
        rig.See(rig.Make(alias: "other")).Problems.Should().BeEmpty();
        rig.Stub.Latest = rig.Stub.Latest with { State = "Failed", StateReason = "The role is gone.", StateReasonCode = "InvalidSecurityGroup" };
        rig.See(rig.Make(alias: "other")).Problems.Should().ContainSingle().Which.Should().Contain("The role is gone. (InvalidSecurityGroup)");
    }

    [Test]
    public void Observe_AnotherRole_AllowsASwitchAndNoShares()
    {
        _rig.Stub.Latest = _rig.Stub.Latest with { Role = "arn:aws:iam::123456789012:role/other" };
        TrafficLimits limits = _rig.Target.Capability<ISplitTraffic>(_rig.See())!.Limits;
        limits.Splits.Should().BeFalse();
        limits.Reason.Should().Contain("role/other").And.Contain("role/shop");
        _rig.Stub.Latest = _rig.Stub.Latest with { Role = StubLambda.Role, DeadLetterConfig = new DeadLetterConfig("arn:aws:sqs:eu-central-1:123456789012:dead") };
        _rig.Target.Capability<ISplitTraffic>(_rig.See())!.Limits.Reason.Should().Contain(":dead");
        _rig.Stub.Latest = _rig.Stub.Latest with { DeadLetterConfig = null };
        _rig.Target.Capability<ISplitTraffic>(_rig.See())!.Limits.Should().Be(new TrafficLimits(1, 2));
    }

    [Test]
    public void Observe_WhoGoesRoundTheAlias_IsNamedInThePlan()
    {
        const string Arn = "arn:aws:lambda:eu-central-1:123456789012:function:shop";
        _rig.Stub.Mappings.Add(new EventSourceMapping { Uuid = "one", EventSourceArn = "arn:aws:sqs:eu-central-1:123456789012:orders", FunctionArn = Arn });
        _rig.Stub.Mappings.Add(new EventSourceMapping { Uuid = "two", EventSourceArn = "arn:aws:sqs:eu-central-1:123456789012:orders", FunctionArn = $"{Arn}:live" });
        _rig.Stub.Policy = $$"""{"Statement":[{"Sid":"api","Principal":{"Service":"apigateway.amazonaws.com"},"Resource":"{{Arn}}"},{"Sid":"fine","Principal":"*","Resource":"{{Arn}}:live"}]}""";
        _rig.Stub.Url = "https://abc.lambda-url.eu-central-1.on.aws/";
        Observation seen = _rig.See();
        seen.Problems.Should().BeEmpty();
        IReadOnlyList<string> notes = _rig.Describe(_rig.Target.Capability<IHostRevisions>(seen)!.Install(_new)).Notes;
        notes.Should().HaveCount(4);
        notes[0].Should().Contain("mapping one of arn:aws:sqs");
        notes[1].Should().Contain("statement api").And.Contain("apigateway");
        notes[2].Should().Contain("https://abc.lambda-url");
        _rig.Stub.Mappings[0] = _rig.Stub.Mappings[0] with { State = "Disabled" };
        _rig.See().Properties["bypassed"].Should().NotContain("mapping", "one that is disabled calls nobody");
        _rig.Stub.Before = name =>
        {
            if (name == "GetFunctionUrlConfig")
            {
                throw AwsFailure.Of(new AmazonServiceException("There are no addresses here.", null, ErrorType.Sender, "InvalidParameterValueException", "id", HttpStatusCode.BadRequest), "lambda:GetFunctionUrlConfig", "shop");
            }
        };
        _rig.See().Properties["bypassed"].Should().Contain("isn't known").And.Contain("There are no addresses here.");
        _rig.Stub.Before = _ => { };
        _rig.Stub.Policy = "no JSON";
        _rig.See().Properties["bypassed"].Should().Contain("can't be read");
    }

    [Test]
    public void Observe_NoFunction_IsAProblem()
    {
        Observation seen = _rig.Time.Run(() => Deployment.Providers.Aws.Lambda.LambdaTarget.Alias("nothing", "live", "live", null, _ => _rig.Stub, _ => _rig.Watch).ObserveAsync(CancellationToken.None));
        seen.Problems.Should().ContainSingle().Which.Should().Contain("There is no function nothing");
    }
}
