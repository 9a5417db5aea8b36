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

    /// <summary>A process dies after all was done, before it let go of the target.</summary>
    [Test]
    public void Deploy_ClaimIsLeftOverFromARunWhoseJournalHasEnded_SettlesItAndGoesOn()
    {
        var world = new World();
        world.Deploy("1.0.0");
        Die(world, "before saving the record as Ended");
        world.Store.ListClaimsAsync(default).Result.Should().ContainSingle("nobody released it");
        world.Time.Clock.Advance(TimeSpan.FromMinutes(1));

        world.Deploy("1.2.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.RunOf("1.1.0").Should().BeEquivalentTo(new { State = RunState.Ended, Outcome = DeploymentOutcome.Succeeded }, "who met its claim settled it");
        Scheduled(world).Should().BeEquivalentTo("1.0.0", "1.1.0");
        world.Store.ListClaimsAsync(default).Result.Should().BeEmpty();
    }

    /// <summary>A stalled claim that lands after its run has ended.</summary>
    [Test]
    public void Deploy_ClaimIsLeftOverFromARunWhoseRecordHasEnded_GoesOn()
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Store.TryClaimAsync(world.RunOf("1.0.0")!.Id, ["web"], world.Time.Clock.GetUtcNow(), default).Result.Should().BeNull();

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Deploy_ClaimIsOfARunThatNobodyKnows_IsRefused()
    {
        var world = new World();
        world.Store.TryClaimAsync("20290101-000000000-abcdef", ["web"], world.Time.Clock.GetUtcNow(), default).Result.Should().BeNull();

        FluentActions.Invoking(() => world.Deploy("1.0.0")).Should().Throw<TargetClaimedException>().WithMessage("*20290101-000000000-abcdef*");

        world.Target.Transcript.Should().BeEmpty("it may be of another store's run that drives the target now");
    }

    [Test]
    public void GoBack_ToARevisionThatWasToBeRemoved_EndsItsRemoval()
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Deploy("1.1.0");
        Scheduled(world).Should().Equal("1.0.0");

        world.Time.Run(() => world.Pipeline().RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        Scheduled(world).Should().Equal("1.1.0");
        world.Runs().Should().ContainSingle(run => run.Kind == RunKind.Retire && run.State == RunState.Ended).Which.Should().BeEquivalentTo(new { Outcome = DeploymentOutcome.Rejected });
    }

    /// <summary>Somebody gave the traffic back by hand. What a newer release can go back to is kept for that release's window.</summary>
    [Test]
    public void Deploy_OverARevisionThatWasToBeRemoved_KeepsItForItsOwnWindow()
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Deploy("1.1.0");
        world.Target.Seed(new(new("shop", "1.0.0", 1), World.Version("1.0.0")));
        world.Time.Clock.Advance(TimeSpan.FromMinutes(30));
        world.Deploy("1.2.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Time.Clock.Advance(TimeSpan.FromMinutes(40));

        world.Time.Run(() => world.Pipeline().CompleteAsync()).Should().BeEmpty("the window of 1.1.0 is over, that of 1.2.0 is not");

        world.Target.Now.Stands(new("shop", "1.0.0", 1)).Should().BeTrue();
        world.Time.Clock.Advance(TimeSpan.FromMinutes(30));
        world.Time.Run(() => world.Pipeline().CompleteAsync()).Should().ContainSingle();
        world.Target.Now.Stands(new("shop", "1.0.0", 1)).Should().BeFalse();
    }

    [Test]
    public void Complete_TargetStaysUnseen_IsTriedAgainEveryFiveMinutes()
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Deploy("1.1.0");
        world.Time.Clock.Advance(TimeSpan.FromHours(2));
        List<string> tries = [];
        for (int minute = 0; minute < 14; minute++, world.Time.Clock.Advance(TimeSpan.FromMinutes(1)))
        {
            // The plan can be made; then the target is gone.
            int looks = 0;
            world.Looking = _ => ++looks > 1 ? throw new DeploymentException("The network is down.") : Task.CompletedTask;
            try
            {
                world.Time.Run(() => world.Pipeline().CompleteAsync()).Should().BeEmpty();
            }
            catch (DeploymentException error)
            {
                tries.Add($"{minute}: {error.Message.Split(':')[0].Split("-retire-")[1]}");
            }
        }

        tries.Should().Equal("0: 1", "5: 1-try-2", "10: 1-try-3");
        world.Looking = _ => Task.CompletedTask;
        world.Time.Clock.Advance(TimeSpan.FromMinutes(5));
        world.Time.Run(() => world.Pipeline().CompleteAsync()).Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Target.Now.Revisions.Should().ContainSingle();
    }

    private static void Die(World world, string where)
    {
        SimulatedProcess dying = null!;
        dying = new SimulatedProcess((_, point) =>
        {
            if (point == where)
            {
                dying.Kill(where);
                dying.Point(where);
            }
        });
        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline(dying).DeployAsync(World.Version("1.1.0")))).Should().Throw<SimulatedCrashException>();
    }

    private static IEnumerable<string> Scheduled(World world) =>
        world.Runs().Where(run => run.State == RunState.Scheduled).Select(run => run.Targets.Single().Previous!.Version);
}
