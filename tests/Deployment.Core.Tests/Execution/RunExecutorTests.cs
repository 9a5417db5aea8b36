using Deployment.Commands;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Execution;

/// <summary>Beginning a run, and taking one over.</summary>
[Category("Unit")]
public sealed class RunExecutorTests
{
    /// <summary>A process stalls before its run begins. Another one takes the run over and finishes it; the late failure of the first says nothing of it any more.</summary>
    [Test]
    public void Deploy_TargetCannotBeSeenAndTheRunWasTakenOverMeanwhile_LeavesTheRunAlone()
    {
        var world = new World();
        int looks = 0;
        world.Looking = async _ =>
        {
            if (++looks == 2)
            {
                await Task.Delay(TimeSpan.FromMinutes(5), world.Time.Clock, CancellationToken.None);
                throw new DeploymentException("The network is down.");
            }
        };

        world.Time.Run(async () =>
        {
            Task<DeploymentResult> stalled = world.Pipeline().DeployAsync(World.Version("1.0.0"));
            RunRecord run = world.RunOf("1.0.0")!;
            DeploymentResult result = await world.Pipeline().ResumeAsync(run.Id, force: true);
            result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
            Task<DeploymentResult> second = world.Pipeline().DeployAsync(World.Version("1.1.0"));
            world.Target.Before = (_, cancellationToken) => Task.Delay(TimeSpan.FromHours(1), world.Time.Clock, cancellationToken);

            await FluentActions.Awaiting(() => stalled).Should().ThrowAsync<LeaseLostException>();

            world.RunOf("1.0.0").Should().BeEquivalentTo(new { State = RunState.Ended, Outcome = DeploymentOutcome.Succeeded });
            (await world.Pipeline().ReadLogAsync(run.Id)).Entries.Should().HaveCount(result.Log.Entries.Count);
            (await second).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        });
    }

    /// <summary>The same without anybody who takes over: then the run ends by what its process says.</summary>
    [Test]
    public void Deploy_TargetCannotBeSeenAnyMore_IsRejectedAndHoldsNothing()
    {
        var world = new World();
        int looks = 0;
        world.Looking = _ => ++looks == 2 ? throw new DeploymentException("The network is down.") : Task.CompletedTask;

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().DeployAsync(World.Version("1.0.0")))).Should().Throw<DeploymentException>().WithMessage("*The network is down.*");

        world.RunOf("1.0.0").Should().BeEquivalentTo(new { State = RunState.Ended, Outcome = DeploymentOutcome.Rejected, Reason = "The network is down." });
        world.Store.ListClaimsAsync(default).Result.Should().BeEmpty();
        world.Target.Transcript.Should().BeEmpty();
    }

    /// <summary>What the dead process left running is ended before the successor looks at anything; what had finished is let be.</summary>
    [Test]
    public void Resume_CommandWasRunningWhenTheProcessDied_EndsItBeforeLooking()
    {
        var world = new World();
        var process = new SimulatedProcess();
        var commands = new RecordingCommandRunner();
        commands.When("export").Returns();
        commands.When("migrate").Answers(async (_, _) =>
        {
            process.Kill();
            await Task.Yield();
            throw new IOException("The process died.");
        });
        world.Configure = pipeline => pipeline.UseBlueGreen()
            .Step("export", Moment.Installed, step => step.Run((context, token) => context.Commands.RunAsync(Command.Of("export"), null, token)).MayBeRepeated().NothingToUndo())
            .Step("migrate", Moment.Installed, step => step.Run((context, token) => context.Commands.RunAsync(Command.Of("migrate"), null, token)).MayBeRepeated().NothingToUndo());
        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline(process, more: pipeline => pipeline.UseCommands(commands)).DeployAsync(World.Version("1.0.0")))).Should().Throw<SimulatedCrashException>();
        var successor = new RecordingCommandRunner();
        successor.When("migrate").Returns();
        IReadOnlyList<CommandProcess>? endedAtFirstLook = null;
        world.Looking = _ =>
        {
            endedAtFirstLook ??= successor.Ended;
            return Task.CompletedTask;
        };

        DeploymentResult result = world.Time.Run(() => world.Pipeline(more: pipeline => pipeline.UseCommands(successor)).ResumeAsync(world.RunOf("1.0.0")!.Id));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        endedAtFirstLook.Should().Equal([new CommandProcess("recorded", 2, 2)], "the second command was running, the first had finished");
        successor.Ended.Should().HaveCount(1);
    }
}
