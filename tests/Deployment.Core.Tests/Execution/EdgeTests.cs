using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Tests.Execution;

/// <summary>Corners of starting, cancelling and resuming.</summary>
[Category("Unit")]
public sealed class EdgeTests
{
    [Test]
    public void Deploy_CancelledBeforeItBegins_LeavesNoRunOpen()
    {
        var world = new World();
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().DeployAsync(World.Version("1.0.0"), cancel.Token))).Should().Throw<OperationCanceledException>();

        world.Runs().Should().NotContain(run => run.State != RunState.Ended);
        world.Target.Transcript.Should().BeEmpty();
    }

    [Test]
    public void Resume_RunThatNeverBegan_UnderAnotherBuild_IsRejected()
    {
        int rejected = 0;
        for (int point = 1; point < 20; point++)
        {
            var world = new World();
            var process = new SimulatedProcess(point);
            FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline(process).DeployAsync(World.Version("1.0.0")))).Should().Throw<SimulatedCrashException>();
            if (world.RunOf("1.0.0") is not { } run || world.Target.Transcript.Count > 0)
            {
                continue;
            }

            DeploymentResult result = world.Time.Run(() => world.Pipeline(build: "build-2").ResumeAsync(run.Id));
            result.Outcome.Should().BeOneOf([DeploymentOutcome.Rejected, DeploymentOutcome.RolledBack], $"it died {process.Death}; {run}");
            world.Target.Now.Revisions.Should().BeEmpty();
            rejected++;
        }

        rejected.Should().BeGreaterThan(5);
    }

    /// <summary>It never began under the build that planned it; the other build that rejects it dies at every point too.</summary>
    [Test]
    public void Resume_RunThatNeverBegan_UnderAnotherBuildThatDies_NeverGoesForward()
    {
        int died = 0;
        for (int point = 1; ; point++)
        {
            var world = new World();
            var first = new SimulatedProcess();
            FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline(first, more: _ => world.Looking = _ => { if (world.Runs().Count > 0) { first.Kill(); } return Task.CompletedTask; }).DeployAsync(World.Version("1.0.0"))))
                .Should().Throw<SimulatedCrashException>();
            world.Looking = _ => Task.CompletedTask;
            string id = world.RunOf("1.0.0")!.Id;
            var second = new SimulatedProcess(point);
            try
            {
                world.Time.Run(() => world.Pipeline(second, build: "build-2").ResumeAsync(id));
                break;
            }
            catch (SimulatedCrashException)
            {
                died++;
            }

            DeploymentResult result = world.Time.Run(() => world.Pipeline(build: "build-2").ResumeAsync(id));

            result.Outcome.Should().Be(DeploymentOutcome.Rejected, $"the other build died {second.Death}");
            world.Target.Transcript.Should().BeEmpty();
        }

        died.Should().BeGreaterThan(5);
    }

    [Test]
    public void ResumeAll_RunThatIsDriven_IsLeftToItsDriver()
    {
        var world = new World();
        world.Configure = pipeline => pipeline.UseBlueGreen(options => options.Retry = new() { Timeout = TimeSpan.FromHours(2) });
        world.Target.DelayAt(1, TimeSpan.FromHours(1), world.Time.Clock);

        world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = world.Pipeline().DeployAsync(World.Version("1.0.0"));
            (await world.Pipeline().ResumeAllAsync()).Should().BeEmpty();
            (await deploying).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        });
    }

    [Test]
    public void Effect_FailsInPassing_IsTriedAgainWithBackoff()
    {
        var world = new World();
        int attempts = 0;
        world.Target.Before = (effect, _) => effect.Verb == "install" && ++attempts < 3 ? throw new IOException("connection reset") : Task.CompletedTask;

        DeploymentResult result = world.Deploy("1.0.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        result.Log.Entries.Where(entry => entry.Kind == JournalEntryKind.StepRetried).Should().HaveCount(2).And.OnlyContain(entry => entry.Text == "connection reset");
    }

    [Test]
    public void Effect_ThatMayRunAtMostOnce_IsNeverTriedAgain()
    {
        var world = new World { Target = new FakeTarget("web", repeatability: Repeatability.AtMostOnce) };
        int attempts = 0;
        world.Target.Before = (effect, _) => effect.Verb == "install" && ++attempts < 3 ? throw new IOException("connection reset") : Task.CompletedTask;

        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);

        attempts.Should().Be(1);
    }

    [Test]
    public void Effect_FailsInPassingAndItsProbeCannotTell_IsNotTriedAgain()
    {
        int runs = 0;
        var world = new World();
        world.Configure = pipeline => pipeline.UseBlueGreen()
            .Step("charge", Moment.Installed, step => step
                .Run((_, _) =>
                {
                    runs++;
                    throw new IOException("connection reset");
                })
                .ProbeBy((_, _) => throw new IOException("unreachable")).NothingToUndo());

        DeploymentResult result = world.Deploy("1.0.0");

        runs.Should().Be(1);
        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("connection reset It is not known whether it took effect");
    }

    [Test]
    public void Effect_TakesTooLong_FailsByItsTimeout()
    {
        var world = new World();
        world.Configure = pipeline => pipeline.UseBlueGreen(options => options.Retry = new() { Timeout = TimeSpan.FromMinutes(1), Attempts = 1 });
        world.Target.DelayAt(1, TimeSpan.FromHours(1), world.Time.Clock);

        DeploymentResult result = world.Deploy("1.0.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("did not finish within 00:01:00");
    }

    [Test]
    public void Verification_Fails_TheStepFails()
    {
        var world = new World();
        world.Configure = pipeline => pipeline.UseBlueGreen()
            .Step("migrate", Moment.Installed, step => step.Run((_, _) => Task.CompletedTask).Verify("counts rows", (_, _) => Task.FromResult<string?>("3 rows are missing")).NothingToUndo());

        DeploymentResult result = world.Deploy("1.0.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Be("'migrate' failed: It ran, but was not verified: 3 rows are missing");
    }

    [Test]
    public void Resume_ProbeFails_IsHeldAndNothingIsRepeated()
    {
        var world = new World();
        int runs = 0;
        world.Configure = pipeline => pipeline.UseBlueGreen()
            .Step("charge", Moment.Installed, step => step
                .Run((_, _) =>
                {
                    runs++;
                    throw new SimulatedCrashTrigger();
                })
                .ProbeBy((_, _) => throw new IOException("unreachable")).NothingToUndo());
        var process = new SimulatedProcess();
        world.Configure += pipeline => pipeline.UseLogging(Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        FluentActions.Invoking(() => world.Time.Run(async () =>
        {
            try
            {
                return await world.Pipeline(process, more: pipeline => pipeline.ReportTo(new KillOn(process, entry => entry.Kind == JournalEntryKind.StepStarted && entry.Step!.EndsWith("charge", StringComparison.Ordinal)))).DeployAsync(World.Version("1.0.0"));
            }
            finally
            {
                process.Kill();
            }
        })).Should().Throw<SimulatedCrashException>();

        DeploymentResult result = world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = world.Pipeline();
            RunRecord run = world.RunOf("1.0.0")!;
            Task<DeploymentResult> resuming = pipeline.ResumeAsync(run.Id);
            await Task.Delay(TimeSpan.FromMinutes(1), world.Time.Clock);
            world.RunOf("1.0.0")!.State.Should().Be(RunState.Held);
            await pipeline.SignalAsync(run.Id, Signal.Promote("ada"));
            return await resuming;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        runs.Should().BeLessThanOrEqualTo(1);
    }

    private sealed class SimulatedCrashTrigger : Exception;
}
