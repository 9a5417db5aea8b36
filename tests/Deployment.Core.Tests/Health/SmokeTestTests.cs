using Deployment.Health;

namespace Deployment.Tests.Health;

[Category("Unit")]
public sealed class SmokeTestTests
{
    private HandClock _clock = null!;

    [SetUp]
    public void MakeClock() => _clock = new HandClock();

    private Task<Verdict> RunAsync(HealthProbe probe, SmokeTestOptions? options = null) =>
        _clock.RunAsync(() => new SmokeTest("home page", probe, options).EvaluateAsync(Contexts.Of(_clock.Provider), CancellationToken.None));

    [Test]
    public async Task Evaluate_Well_PassesAtOnce()
    {
        var probe = new FakeProbe(_ => null);
        (await RunAsync(probe, new SmokeTestOptions { Attempts = 3 })).Result.Should().Be(VerdictResult.Pass);
        probe.Looks.Should().HaveCount(1);
    }

    [Test]
    public async Task Evaluate_Fails_IsNotTriedAgainUnlessAsked()
    {
        var probe = new FakeProbe(look => look == 1 ? "answered 404" : null);
        Verdict verdict = await RunAsync(probe);

        verdict.Result.Should().Be(VerdictResult.Fail);
        verdict.Reason.Should().Be("answered 404");
    }

    [Test]
    public async Task Evaluate_SecondAttemptWell_PassesAndKeepsTheFailure()
    {
        var probe = new FakeProbe(look => look == 1 ? "answered 404" : null);
        Verdict verdict = await RunAsync(probe, new SmokeTestOptions { Attempts = 2, Interval = TimeSpan.FromSeconds(4) });

        verdict.Result.Should().Be(VerdictResult.Pass);
        verdict.Evidence["last failure"].Should().Be("answered 404");
        probe.Looks.Should().Equal(TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }

    [Test]
    public async Task Evaluate_Hangs_FailsAtTheTimeOut()
    {
        var probe = new FakeProbe((_, _, token) => FakeProbe.HangAsync(token));
        Verdict verdict = await RunAsync(probe);

        verdict.Result.Should().Be(VerdictResult.Fail);
        verdict.Reason.Should().Contain("no answer within 30 s");
        _clock.Now.Should().Be(TimeSpan.FromSeconds(30));
    }
}
