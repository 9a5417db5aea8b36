using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Tests.Execution;

/// <summary>What stands beside the journal: records, claims and later runs.</summary>
[Category("Unit")]
public sealed class RunStorageTests
{
    [TestCase("before saving the record as Ended")]
    [TestCase("after saving the record as Ended")]
    [TestCase("before releasing the claims")]
    [TestCase("after releasing the claims")]
    public void Settle_ProcessDiesInTheMiddle_TheNextRunSettlesItBeforeHistoryIsRead(string where)
    {
        var world = new World();
        world.Deploy("1.0.0");
        SimulatedProcess dying = null!;
        bool died = false;
        dying = new SimulatedProcess((_, point) =>
        {
            if (point == where && !died)
            {
                died = true;
                dying.Kill();
                dying.Point(point);
            }
        });
        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline(dying).DeployAsync(World.Version("1.1.0")))).Should().Throw<SimulatedCrashException>();
        world.Time.Clock.Advance(TimeSpan.FromMinutes(1));

        world.Deploy("1.2.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.RunOf("1.1.0")!.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Time.Run(() => world.Pipeline().PlanRollBackAsync()).Release!.Version.Should().Be("1.1.0");
        Scheduled(world).Should().BeEquivalentTo("1.0.0", "1.1.0");
        world.Time.Clock.Advance(TimeSpan.FromHours(2));
        world.Time.Run(() => world.Pipeline().CompleteAsync()).Should().OnlyContain(result => result.Outcome == DeploymentOutcome.Succeeded).And.HaveCount(2);
        world.Target.Now.Revisions.Should().ContainSingle().Which.Id.Version.Should().Be("1.2.0");
    }

    [Test]
    public void Success_InOneEnvironment_LeavesTheLaterRunsOfAnotherAlone()
    {
        var world = new World();
        var targets = new Dictionary<string, FakeTarget> { ["staging"] = new("web"), ["production"] = new("web") };
        DeploymentPipeline Of(string environment) => DeploymentPipeline.Create("shop").InEnvironment(environment).DeployTo(targets[environment]).UseBlueGreen()
            .UseStore(world.Store).UseTimeProvider(world.Time.Clock).Build();
        foreach (string version in new[] { "1.0.0", "1.1.0" })
        {
            foreach (string environment in targets.Keys)
            {
                world.Time.Run(() => Of(environment).DeployAsync(World.Version(version))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
                world.Time.Clock.Advance(TimeSpan.FromMinutes(1));
            }
        }

        world.Runs().Where(run => run.State == RunState.Scheduled).Select(run => run.Environment).Should().BeEquivalentTo("staging", "production");
        world.Time.Clock.Advance(TimeSpan.FromHours(2));
        foreach (string environment in targets.Keys)
        {
            world.Time.Run(() => Of(environment).CompleteAsync()).Should().ContainSingle(environment);
        }

        targets.Values.Should().OnlyContain(target => target.Now.Revisions.Count == 1);
    }

    private static IEnumerable<string> Scheduled(World world) =>
        world.Runs().Where(run => run.State == RunState.Scheduled).Select(run => run.Targets.Single().Previous!.Version);
}
