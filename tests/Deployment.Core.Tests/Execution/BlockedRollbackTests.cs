using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Execution;

/// <summary>Where traffic can't be given back the new revision still serves, and nothing is undone that it may rest on.</summary>
[Category("Unit")]
public sealed class BlockedRollbackTests
{
    private World _world = null!;
    private FakeTarget _other = null!;
    private List<string> _undone = null!;

    [SetUp]
    public void DeployTheOld()
    {
        _world = new World();
        _other = new FakeTarget("other");
        _undone = [];
        _world.Configure = pipeline => pipeline.UseBlueGreen();
    }

    [Test]
    public void TrafficStays_TheUsersStepsStayToo()
    {
        _world.Deploy("1.0.0");
        _world.Configure += WithSteps;
        BreakTheWayBackOf(_world.Target);

        DeploymentResult result = _world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
        _undone.Should().BeEmpty("the revision that serves may rest on all of it");
        result.Reason.Should().Contain("'Undo: warm' was left out").And.Contain("'Undo: prepare' was left out").And.Contain("traffic on web could not be given back");
    }

    [Test]
    public void TrafficStaysInOneLane_OtherLanesGoBackWhole()
    {
        _world.Configure += pipeline => pipeline.DeployTo(_other).WithLanes(new LanePolicy { MaxConcurrency = 2 });
        _world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _world.Configure += WithSteps;
        BreakTheWayBackOf(_world.Target);
        _other.DelayAt(4, TimeSpan.FromSeconds(10), _world.Time.Clock);

        DeploymentResult result = _world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
        _other.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
        _other.Now.Revisions.Should().ContainSingle("that lane went back by itself");
        _undone.Should().Equal(["rollback/targets/other/warm"], "what was done before the lanes lies under the one that stays");
    }

    [Test]
    public void TrafficGivenBack_AllIsUndone()
    {
        _world.Deploy("1.0.0");
        _world.Configure += WithSteps;

        _world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);

        _undone.Select(step => step.Split('/')[^1]).Should().Equal("warm", "prepare");
    }

    private void WithSteps(DeploymentPipelineBuilder pipeline)
    {
        foreach ((string name, Moment moment) in new[] { ("prepare", Moment.Start), ("warm", Moment.Installed) })
        {
            pipeline.Step(name, moment, step => step.Run((_, _) => Task.CompletedTask).UndoBy((context, _) =>
            {
                _undone.Add(context.StepId);
                return Task.CompletedTask;
            }));
        }

        // After the switch, in each lane; the other lane is on its way then.
        pipeline.Step("announce", Moment.Complete, step => step.Run(async (_, _) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _world.Time.Clock, CancellationToken.None);
            throw new DeploymentException("no network");
        }).NothingToUndo());
    }

    /// <summary>The first change of traffic works, the one back doesn't.</summary>
    private static void BreakTheWayBackOf(FakeTarget target)
    {
        int routes = 0;
        target.Before = (effect, _) => effect.Verb == "route" && ++routes > 1 ? throw new DeploymentException("The router is gone.") : Task.CompletedTask;
    }
}
