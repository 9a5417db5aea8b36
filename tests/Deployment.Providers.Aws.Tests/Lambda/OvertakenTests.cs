using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>Somebody else moves the traffic while a run is under way: theirs stays.</summary>
public sealed class OvertakenTests
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
    }

    [TearDown]
    public void End() => _rig.Dispose();

    private TrafficSplit AllToOld => TrafficSplit.AllTo(_old.Id);

    private TrafficSplit Tenth => LambdaRig.Split(_new, 10, _old);

    [TestCase(true)]
    [TestCase(false)]
    public void Shift_SomebodyPointsElsewhereInTheRace_TheirsStays(bool knowsWhatItFinds)
    {
        int hand = _rig.Stub.PublishByHand("Emergency.");
        Between("UpdateAlias", () => SetByHand(hand));
        if (knowsWhatItFinds)
        {
            _rig.Refused(_rig.Target.Shift(AllToOld, Tenth)).Should().Contain($"it routes live_0.0.0-version.{hand}_1=100").And.Contain("somebody else has moved the traffic");
            _rig.Shares.Should().Be($"{hand}=100");
        }
        else
        {
            // The control: what takes whatever it finds overwrites it.
            _rig.Run(_rig.Target.Route(Tenth));
            _rig.Shares.Should().Be("1=90,2=10");
        }
    }

    [Test]
    public void Shift_SomebodyWentBackBetweenSteps_TheirsStays()
    {
        _rig.Run(_rig.Target.Shift(AllToOld, Tenth));
        SetByHand(1);
        _rig.Refused(_rig.Target.Shift(Tenth, LambdaRig.Split(_new, 50, _old))).Should().Contain("shop_1.0.0_1=100").And.Contain("Nothing was changed");
        _rig.Shares.Should().Be("1=100");
        _rig.Stub.SetAlias("live", 1, _rig.Stub.Alias("live")!.Description!, (2, 0.5));
        _rig.Run(_rig.Target.Shift(Tenth, LambdaRig.Split(_new, 50, _old)));
        _rig.Shares.Should().Be("1=50,2=50", "what a person did of the plan is done");
    }

    [Test]
    public void Restore_AnySplitOfItsOwnTwo_IsTakenBackAndNoOther()
    {
        _rig.Stub.SetAlias("live", 1, _rig.Stub.Alias("live")!.Description!, (2, 0.37));
        _rig.Run(_rig.Target.Restore(Tenth, AllToOld));
        _rig.Shares.Should().Be("1=100");
        int hand = _rig.Stub.PublishByHand("Emergency.");
        SetByHand(hand);
        _rig.Refused(_rig.Target.Restore(Tenth, AllToOld)).Should().Contain($"version.{hand}_1=100");
        _rig.Shares.Should().Be($"{hand}=100");
    }

    [Test]
    public void Update_SomebodyPointsElsewhereMeanwhile_TheirsStays()
    {
        int hand = _rig.Stub.PublishByHand("Emergency.");
        Operation update = _rig.Target.Capability<IUpdateInPlace>(_rig.See())!.Update(_rig.Revision("1.2.0"));
        SetByHand(hand);
        _rig.Refused(update).Should().Contain("somebody else has moved the traffic");
        _rig.Shares.Should().Be($"{hand}=100");
    }

    [Test]
    public void Run_APersonGoesBackByHandDuringABake_NeverGivesTheReleaseAllUsers()
    {
        using var rig = new LambdaRig();
        rig.Stub.Latest = rig.Stub.Latest with { PackageType = "Image" };
        bool went = false;
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop").DeployTo(rig.Target).UseStore(new InMemoryDeploymentStore()).UseTimeProvider(rig.Time.Clock)
            .UseCanary(canary => (canary.Steps, canary.BakeTime) = ([10, 50, 100], TimeSpan.FromMinutes(10)))
            .RequireHealthy(health => health.Check("is well", (_, _) =>
            {
                if (rig.Shares == "1=90,2=10" && !went)
                {
                    went = true;
                    rig.Stub.SetAlias("live", 1, rig.Stub.Alias("live")!.Description!);
                }

                return Task.FromResult<string?>(null);
            }))
            .Build();
        var shares = new List<string>();
        rig.Stub.After = _ => shares.Add(rig.Shares);
        rig.Time.Run(() => pipeline.DeployAsync(Of('0'))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        DeploymentResult result = rig.Time.Run(() => pipeline.DeployAsync(Of('1')));
        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("somebody else has moved the traffic");
        shares.Should().Contain("1=90,2=10").And.NotContain(["1=50,2=50", "2=100"]);
        rig.Shares.Should().Be("1=100");
    }

    [Test]
    public void Actions_WhileTheAliasCanNotBeUnderstood_ChangeNothing()
    {
        int hand = _rig.Stub.PublishByHand("By hand.");
        void Fractions(int first) => _rig.Stub.SetAlias("live", first, "mine", (hand, 0.125));
        Fractions(2);
        _rig.Stub.Changes.Clear();
        string[] refused =
        [
            _rig.Refused(_rig.Target.Remove(_old.Id)),
            _rig.Refused(_rig.Target.Route(TrafficSplit.None)),
            _rig.Refused(_rig.Target.Route(AllToOld)),
            _rig.Refused(_rig.Target.Clear(_new.Id)),
            _rig.Refused(_rig.Target.Install(_new)),
            _rig.Invoking(one => one.TidyUp()).Should().Throw<DeploymentException>().Which.Message,
        ];
        refused.Should().OnlyContain(message => message.Contains("12.5%") && message.Contains("Nothing was changed"));
        _rig.Stub.Changes.Should().BeEmpty();
        _rig.Stub.Numbers.Should().Equal(1, 2, hand);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Remove_SomebodyChangesTheAliasWhileItIsWrittenDown_IsDecidedAgain(bool compares)
    {
        _rig.Stub.ComparesRevisions = compares;
        _rig.Run(_rig.Target.Route(TrafficSplit.AllTo(_new.Id)));
        Between("UpdateAlias", () => _rig.Stub.SetAlias("live", 2, "Theirs. [deployment epoch 9, up to 2 standing 1 2]"));
        if (compares)
        {
            _rig.Refused(_rig.Target.Remove(_old.Id)).Should().Contain("epoch 9");
            _rig.Stub.Alias("live")!.Description.Should().StartWith("Theirs. [deployment epoch 9");
        }
        else
        {
            // The control: without the comparison the newer run's words are lost.
            _rig.Run(_rig.Target.Remove(_old.Id));
            _rig.Stub.Alias("live")!.Description.Should().NotContain("Theirs");
        }
    }

    [Test]
    public void Remove_OlderEpoch_RemovesNothing()
    {
        _rig.Run(_rig.Target.Install(_rig.Revision("1.2.0")), epoch: 5);
        _rig.Refused(_rig.Target.Remove(_new.Id), epoch: 4).Should().Contain("epoch 5");
        _rig.Stub.Numbers.Should().Equal(1, 2, 3);
    }

    [Test]
    public void Install_OvertakenBeforeItIsWrittenDown_WritesNothing()
    {
        bool published = false;
        _rig.Stub.After = name => published |= name == "PublishVersion";
        _rig.Stub.Before = name =>
        {
            if (published && name == "GetAlias")
            {
                _rig.Stub.SetAlias("live", 1, "[deployment epoch 9, up to 1 standing 1]");
            }
        };
        _rig.Refused(_rig.Target.Install(_rig.Revision("1.2.0"))).Should().Contain("epoch 9");
        _rig.Stub.Alias("live")!.Description.Should().Be("[deployment epoch 9, up to 1 standing 1]");
    }

    private static Release Of(char digit) =>
        Release.Of("shop", $"1.{digit}.0", Artifact.Image($"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:{new string(digit, 64)}"));

    private void SetByHand(int version) => _rig.Stub.SetAlias("live", version, _rig.Stub.Alias("live")!.Description!);

    private void Between(string call, Action act)
    {
        bool came = false;
        _rig.Stub.Before = name =>
        {
            if (name == call && !came)
            {
                came = true;
                act();
            }
        };
    }
}
