using Deployment.Store;

namespace Deployment.Tests.Execution;

/// <summary>What stands beside the journal: records, claims and later runs.</summary>
[Category("Unit")]
public sealed class RunStorageTests
{
    /// <summary>A process dies after all was done, before the record says so. A newer run succeeds; then the old one is settled again.</summary>
    [Test]
    public void Settle_AnOlderRunAgain_KeepsWhatANewerRunScheduled()
    {
        var world = new World();
        world.Deploy("1.0.0");
        SimulatedProcess dying = null!;
        dying = new SimulatedProcess((_, where) =>
        {
            if (where == "before saving the record as Ended")
            {
                dying.Kill();
                dying.Point("before saving the record as Ended");
            }
        });
        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline(dying).DeployAsync(World.Version("1.1.0")))).Should().Throw<SimulatedCrashException>();
        world.RunOf("1.1.0")!.State.Should().Be(RunState.Running, "its record was not brought in line");
        world.Time.Clock.Advance(TimeSpan.FromMinutes(1));
        world.Deploy("1.2.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        Scheduled(world).Should().BeEquivalentTo("1.0.0", "1.1.0");

        world.Time.Run(() => world.Pipeline().ResumeAllAsync()).Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.RunOf("1.1.0")!.State.Should().Be(RunState.Ended);
        Scheduled(world).Should().BeEquivalentTo(["1.0.0", "1.1.0"], "each run keeps what it scheduled");
        world.Time.Clock.Advance(TimeSpan.FromHours(2));
        world.Time.Run(() => world.Pipeline().CompleteAsync()).Should().OnlyContain(result => result.Outcome == DeploymentOutcome.Succeeded).And.HaveCount(2);
        world.Target.Now.Revisions.Should().ContainSingle().Which.Id.Version.Should().Be("1.2.0");
    }

    private static IEnumerable<string> Scheduled(World world) =>
        world.Runs().Where(run => run.State == RunState.Scheduled).Select(run => run.Targets.Single().Previous!.Version);
}
