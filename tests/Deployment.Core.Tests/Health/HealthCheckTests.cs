using Deployment.Health;

namespace Deployment.Tests.Health;

[Category("Unit")]
public sealed class HealthCheckTests
{
    private HandClock _clock = null!;

    [SetUp]
    public void MakeClock() => _clock = new HandClock();

    private Task<Verdict> RunAsync(HealthProbe probe, HealthCheckOptions? options = null) =>
        _clock.RunAsync(new HealthCheck("healthy", probe, options).EvaluateAsync(Contexts.Of(_clock), CancellationToken.None));

    [Test]
    public async Task Evaluate_WellAtOnce_PassesAfterTwoLooks()
    {
        var probe = new FakeProbe(_ => null);
        Verdict verdict = await RunAsync(probe);

        verdict.Result.Should().Be(VerdictResult.Pass);
        probe.Looks.Should().Equal(TimeSpan.Zero, TimeSpan.FromSeconds(1));
        verdict.Evidence["looks"].Should().Be("2");
        verdict.Evidence["time"].Should().Be("1 s");
    }

    [Test]
    public async Task Evaluate_NeverWell_FailsAtTheDeadlineWithTheLastReason()
    {
        var probe = new FakeProbe(look => $"answered 50{look % 2}");
        Verdict verdict = await RunAsync(probe, new HealthCheckOptions { Deadline = TimeSpan.FromSeconds(10) });

        verdict.Result.Should().Be(VerdictResult.Fail);
        verdict.Reason.Should().Contain("within 10 s").And.Contain($"answered 50{probe.Looks.Count % 2}");
        verdict.Evidence["looks"].Should().Be($"{probe.Looks.Count}");
        verdict.Evidence["time"].Should().Be("10 s");
    }

    [Test]
    public async Task Evaluate_NotYetWell_LooksCloselyThenAtTheInterval()
    {
        var probe = new FakeProbe(_ => "starting");
        await RunAsync(probe, new HealthCheckOptions { Deadline = TimeSpan.FromSeconds(5) });

        double[] pauses = [.. probe.Looks.Zip(probe.Looks.Skip(1), (one, next) => (next - one).TotalMilliseconds)];
        pauses.Should().StartWith([10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
        pauses.Should().OnlyContain(pause => pause <= 1000);
    }

    [Test]
    public async Task Evaluate_FlappingInstance_NeverPasses()
    {
        var probe = new FakeProbe(look => look % 3 == 0 ? "answered 500" : null);
        Verdict verdict = await RunAsync(probe, new HealthCheckOptions { ConsecutiveSuccesses = 3 });

        verdict.Result.Should().Be(VerdictResult.Fail);
        verdict.Reason.Should().Contain("answered 500");
    }

    [Test]
    public async Task Evaluate_WellTooLate_SaysThatTheTimeWasOver()
    {
        var probe = new FakeProbe(_ => null);
        Verdict verdict = await RunAsync(probe, new HealthCheckOptions { Deadline = TimeSpan.FromSeconds(2.5), Interval = TimeSpan.FromSeconds(2.4), InitialDelay = TimeSpan.FromSeconds(1) });

        verdict.Result.Should().Be(VerdictResult.Fail);
        verdict.Reason.Should().Contain("well 1 times, and then the time was over");
    }

    [Test]
    public async Task Evaluate_LookHangs_IsCutOffAndFollowedByAnother()
    {
        var probe = new FakeProbe((look, _, token) => look == 1 ? FakeProbe.HangAsync(token) : Task.FromResult<string?>(null));
        Verdict verdict = await RunAsync(probe, new HealthCheckOptions { Timeout = TimeSpan.FromSeconds(3) });

        verdict.Result.Should().Be(VerdictResult.Pass);
        probe.Looks[1].Should().Be(TimeSpan.FromSeconds(3) + TimeSpan.FromMilliseconds(10));
        verdict.Evidence["last failure"].Should().Be("There was no answer within 3 s.");
    }

    [Test]
    public async Task Evaluate_DeadlineCutsALook_KeepsTheReasonBefore()
    {
        var probe = new FakeProbe((look, _, token) => look == 1 ? Task.FromResult<string?>("answered 503") : FakeProbe.HangAsync(token));
        Verdict verdict = await RunAsync(probe, new HealthCheckOptions { Deadline = TimeSpan.FromSeconds(4) });

        verdict.Reason.Should().Contain("answered 503");
        _clock.Now.Should().Be(TimeSpan.FromSeconds(4));
    }

    [Test]
    public async Task Evaluate_ProbeThrows_IsAFailureWithItsMessageOnOneLine()
    {
        var probe = new FakeProbe((_, _, _) => throw new InvalidOperationException("no\n\u001b[31mroute"));
        Verdict verdict = await RunAsync(probe);

        verdict.Result.Should().Be(VerdictResult.Fail);
        verdict.Reason.Should().Contain("InvalidOperationException: no \\u001b[31mroute");
    }

    [Test]
    public async Task Evaluate_InitialDelay_IsWaited()
    {
        var probe = new FakeProbe(_ => null);
        await RunAsync(probe, new HealthCheckOptions { InitialDelay = TimeSpan.FromSeconds(7) });
        probe.Looks[0].Should().Be(TimeSpan.FromSeconds(7));
    }

    [Test]
    public async Task Evaluate_Cancelled_StopsWithoutAVerdict()
    {
        using var cancel = new CancellationTokenSource();
        var probe = new FakeProbe(look =>
        {
            if (look == 3)
            {
                cancel.Cancel();
            }

            return "starting";
        });
        Func<Task> run = () => _clock.RunAsync(new HealthCheck("healthy", probe).EvaluateAsync(Contexts.Of(_clock), cancel.Token));

        await run.Should().ThrowAsync<OperationCanceledException>();
        probe.Looks.Should().HaveCount(3);
    }

    [Test]
    public async Task Evaluate_OptionsChangedLater_KeepsItsOwn()
    {
        var options = new HealthCheckOptions();
        var check = new HealthCheck("healthy", new FakeProbe(_ => null), options);
        options.ConsecutiveSuccesses = 500;

        (await _clock.RunAsync(check.EvaluateAsync(Contexts.Of(_clock), CancellationToken.None))).Evidence["looks"].Should().Be("2");
        check.Describe(Contexts.Subject).Expected.Should().Be("all is well, 2 times in a row with 1 s between, within 60 s");
    }

    [Test]
    public void Create_SeveralWrongOptions_NamesAll()
    {
        var options = new HealthCheckOptions { Interval = TimeSpan.Zero, Timeout = TimeSpan.FromDays(30), InitialDelay = TimeSpan.FromHours(1), ConsecutiveSuccesses = 0 };
        Action create = () => _ = new HealthCheck("healthy", new FakeProbe(_ => null), options);
        create.Should().Throw<DeploymentValidationException>().Which.Errors.Should().HaveCount(4);

        Action impossible = () => _ = new HealthCheck("healthy", new FakeProbe(_ => null), new HealthCheckOptions { ConsecutiveSuccesses = 61 });
        impossible.Should().Throw<DeploymentValidationException>().WithMessage("*could never pass*");
    }
}
