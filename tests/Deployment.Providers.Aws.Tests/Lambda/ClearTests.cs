using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>The way back from a first deployment takes away what it made, and leaves behind which run did so.</summary>
public sealed class ClearTests
{
    private LambdaRig _rig = null!;
    private Revision _old = null!;

    [SetUp]
    public void Begin()
    {
        _rig = new LambdaRig();
        _old = _rig.Revision("1.0.0");
        _rig.Bring(_old);
    }

    [TearDown]
    public void End() => _rig.Dispose();

    [Test]
    public void Clear_AliasThatNamesAnotherVersionWithNoShare_LeavesIt()
    {
        int hand = _rig.Stub.PublishByHand("By hand.");
        _rig.Stub.SetAlias("live", 1, _rig.Stub.Alias("live")!.Description!, (hand, 0));
        _rig.Refused(_rig.Target.Clear(_old.Id)).Should().Contain($"version {hand}").And.Contain("didn't make");
        _rig.Stub.Alias("live").Should().NotBeNull();
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Clear_SomebodyPointsTheAliasElsewhereInTheRace_LeavesIt(bool compares)
    {
        _rig.Stub.ComparesRevisions = compares;
        int hand = _rig.Stub.PublishByHand("By hand.");
        bool came = false;
        _rig.Stub.Before = name =>
        {
            if (name == "UpdateAlias" && !came)
            {
                came = true;
                _rig.Stub.SetAlias("live", hand, _rig.Stub.Alias("live")!.Description!);
            }
        };
        if (compares)
        {
            _rig.Refused(_rig.Target.Clear(_old.Id)).Should().Contain($"version {hand}");
            _rig.Shares.Should().Be($"{hand}=100");
        }
        else
        {
            // The control: without the comparison theirs is deleted.
            _rig.Run(_rig.Target.Clear(_old.Id));
            _rig.Shares.Should().Be("none");
        }
    }

    [TestCase(2, false)]
    [TestCase(1, true)]
    public void Clear_WhereThereIsNoAlias_LeavesItsEpochToOlderRuns(long older, bool isRefused)
    {
        using var rig = new LambdaRig();
        Revision first = rig.Revision("1.0.0");
        rig.Run(rig.Target.Clear(first.Id), epoch: 2);
        if (isRefused)
        {
            rig.Refused(rig.Target.Update(first), epoch: older).Should().Contain("epoch 2");
            rig.Stub.Numbers.Should().BeEmpty();
            rig.Shares.Should().Be("none");
        }
        else
        {
            rig.Run(rig.Target.Update(first), epoch: older);
            rig.Shares.Should().Be("1=100");
        }
    }

    [Test]
    public void Restore_ToNobody_LeavesItsEpochToOlderRuns()
    {
        using var rig = new LambdaRig();
        Revision first = rig.Revision("1.0.0");
        rig.Bring(first);
        rig.Run(rig.Target.Restore(TrafficSplit.AllTo(first.Id), TrafficSplit.None), epoch: 2);
        rig.Run(rig.Target.Remove(first.Id), epoch: 2);
        rig.Refused(rig.Target.Update(first), epoch: 1).Should().Contain("epoch 2");
        rig.Shares.Should().Be("none");
    }
}
