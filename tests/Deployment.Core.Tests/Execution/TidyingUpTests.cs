using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Execution;

[Category("Unit")]
public sealed class TidyingUpTests
{
    private readonly List<string> _tidied = [];
    private World _world = null!;
    private FakeTarget _files = null!;
    private Func<CancellationToken, Task> _tidying = null!;

    [SetUp]
    public void MakeWorld()
    {
        _world = new World();
        _files = new FakeTarget("files");
        _tidying = _ => Task.CompletedTask;
        Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _tidied.Clear();
    }

    [Test]
    public void Deploy_Succeeds_IsTidiedUpOnceItsEndIsJournaled()
    {
        _world.Entries.Clear();

        Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _tidied.Should().Equal("files after RunEnded");
    }

    // Everything was done and verified: no other build, and nobody who aborts now, may take that back.
    [Test]
    public void Deploy_DiesWhileItTidiesUp_HasSucceededForAnyBuild()
    {
        var process = new SimulatedProcess();
        _tidying = _ =>
        {
            process.Kill();
            process.Point("while it tidies up");
            return Task.CompletedTask;
        };
        FluentActions.Invoking(() => Deploy("1.1.0", process)).Should().Throw<SimulatedCrashException>();
        _tidying = _ => Task.CompletedTask;

        DeploymentResult result = _world.Time.Run(() => _world.Pipeline(build: "build-2", more: AlsoTo(new SimulatedProcess())).ResumeAsync(_world.RunOf("1.1.0")!.Id));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        _tidied.Should().Equal(["files after RunEnded", "files after RunEnded"], "what was left is removed");
        _world.Target.Now.Traffic.Shares.Should().ContainSingle().Which.Key.Version.Should().Be("1.1.0");
        _files.Now.Traffic.Shares.Should().ContainSingle().Which.Key.Version.Should().Be("1.1.0");
    }

    [Test]
    public void Deploy_CantBeTidiedUp_SucceedsAllTheSame()
    {
        _tidying = _ => throw new DeploymentException("The disk is read-only.");

        Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _tidied.Should().Equal("files after RunEnded");
        _world.RunOf("1.1.0")!.State.Should().Be(RunState.Ended);
    }

    [Test]
    public void Deploy_TidyingUpHangs_IsGivenUpAfterFiveMinutes()
    {
        DateTimeOffset begin = default;
        _tidying = cancellationToken =>
        {
            begin = _world.Time.Clock.GetUtcNow();
            return Task.Delay(Timeout.InfiniteTimeSpan, _world.Time.Clock, cancellationToken);
        };

        DeploymentResult result = _world.Time.Run(() => _world.Pipeline(more: AlsoTo(new SimulatedProcess())).DeployAsync(World.Version("1.1.0")));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        (_world.Time.Clock.GetUtcNow() - begin).Should().Be(TimeSpan.FromMinutes(5));
    }

    // What tidies up removes what it takes for old: nothing newer may come beside it.
    [Test]
    public void Deploy_AnotherWhileItTidiesUp_IsRefusedUntilItHasEnded()
    {
        var began = new TaskCompletionSource();
        _tidying = cancellationToken =>
        {
            began.TrySetResult();
            return Task.Delay(TimeSpan.FromMinutes(1), _world.Time.Clock, cancellationToken);
        };

        _world.Time.Run(async () =>
        {
            Task<DeploymentResult> first = DeployAsync("1.1.0");
            await began.Task;
            await FluentActions.Awaiting(() => DeployAsync("1.2.0")).Should().ThrowAsync<TargetClaimedException>();
            (await first).Outcome.Should().Be(DeploymentOutcome.Succeeded);
            (await DeployAsync("1.2.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        });
    }

    [Test]
    public void Deploy_AfterOneThatDiedWhileItTidiedUp_GoesOnOnceThatIsSilent()
    {
        var process = new SimulatedProcess();
        _tidying = _ =>
        {
            process.Kill();
            process.Point("while it tidies up");
            return Task.CompletedTask;
        };
        FluentActions.Invoking(() => Deploy("1.1.0", process)).Should().Throw<SimulatedCrashException>();
        _tidying = _ => Task.CompletedTask;

        Deploy("1.2.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _world.RunOf("1.1.0")!.Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Deploy_GoesBack_NothingIsTidiedUp()
    {
        _world.Smoke = context => context.Subject.Candidate.Version == "1.1.0" ? Verdict.Fail("It answers 500.") : Verdict.Pass("answers");

        Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.RolledBack);

        _tidied.Should().BeEmpty();
    }

    private Task<DeploymentResult> DeployAsync(string version) => _world.Pipeline(more: AlsoTo(new SimulatedProcess())).DeployAsync(World.Version(version));

    private DeploymentResult Deploy(string version, SimulatedProcess? process = null)
    {
        process ??= new SimulatedProcess();
        DeploymentResult result = _world.Time.Run(() => _world.Pipeline(process, more: AlsoTo(process)).DeployAsync(World.Version(version)));
        _world.Time.Clock.Advance(TimeSpan.FromMinutes(1));
        return result;
    }

    private Action<DeploymentPipelineBuilder> AlsoTo(SimulatedProcess process) => pipeline => pipeline.DeployTo(process.Reach(new TidyingTarget(
        _files,
        (_, cancellationToken) =>
        {
            _tidied.Add($"files after {_world.Entries[^1].Kind}");
            return _tidying(cancellationToken);
        })));
}
