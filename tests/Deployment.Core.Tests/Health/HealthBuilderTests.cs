using Deployment.Commands;
using Deployment.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Tests.Health;

[Category("Unit")]
public sealed class HealthBuilderTests
{
    private static (Check? Check, List<string> Errors) Build(Action<HealthBuilder> configure)
    {
        var builder = new HealthBuilder();
        configure(builder);
        var errors = new List<string>();
        return (builder.Build("healthy", errors), errors);
    }

    private static CheckDescription Describe(Action<HealthBuilder> configure)
    {
        (Check? check, List<string> errors) = Build(configure);
        errors.Should().BeEmpty();
        return check!.Describe(Contexts.Subject);
    }

    private static Task<Verdict> SmokeAsync(Action<SmokeBuilder> configure, CheckContext context)
    {
        var builder = new SmokeBuilder();
        configure(builder);
        var errors = new List<string>();
        Check check = builder.Build("smoke", errors)!;
        errors.Should().BeEmpty();
        return check.EvaluateAsync(context, CancellationToken.None);
    }

    private sealed class Scripted(HealthCheckResult result) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(result);
    }

    [Test]
    public void Describe_EveryProbe_PrintsWhatAPersonTypes()
    {
        Describe(health => health.Http("/health")).Commands.Should().Equal("curl --fail --silent --show-error --max-time 5 \"$ADDRESS/health\"");
        Describe(health => health.Http("/a?b=$c", http => http.ExpectedBody = "it's")).Commands.Should()
            .Equal("curl --fail --silent --show-error --max-time 5 \"$ADDRESS\"'/a?b=$c' | grep --fixed-strings -e 'it'\\''s'");
        Describe(health => health.Http("https://example.test/x").With(options => options.Timeout = TimeSpan.FromSeconds(0.5))).Commands.Should()
            .Equal("curl --fail --silent --show-error --max-time 0.5 https://example.test/x");
        Describe(health => health.Tcp()).Commands.Should().ContainSingle(line => line.Contains("nc -z"));
        Describe(health => health.Command("check", "--at={address}", "two words")).Commands.Should().Equal("check '--at='\"$ADDRESS\" 'two words'");
        CheckDescription own = Describe(health => health.Check("queue is short", (_, _) => Task.FromResult<string?>(null)));
        own.Commands.Should().BeEmpty();
        own.Expected.Should().StartWith("queue is short, 2 times");
    }

    [Test]
    public void Build_NothingOrTooMuch_IsAnError()
    {
        Build(_ => { }).Errors.Should().ContainSingle().Which.Should().Contain("looks at nothing");
        Build(health => health.Tcp().Http("/")).Errors.Should().ContainSingle().Which.Should().Contain("looks at 2 things");
    }

    [Test]
    public void Build_SeveralErrors_NamesAllAtOnce()
    {
        (Check? check, List<string> errors) = Build(health => health
            .Http("health", http => { http.ExpectedStatus = 42; http.ExpectedBody = ""; })
            .With(options => { options.Interval = TimeSpan.Zero; options.ConsecutiveSuccesses = -1; }));

        check.Should().BeNull();
        errors.Should().HaveCount(5).And.OnlyContain(error => error.StartsWith("health check 'healthy'"));
    }

    [Test]
    public void Build_AddressWithPassword_IsRefusedWithoutShowingIt()
    {
        List<string> errors = Build(health => health.Http("https://me:hunter2@example.test/")).Errors;
        errors.Should().ContainSingle().Which.Should().NotContain("hunter2");
    }

    [Test]
    public async Task Evaluate_NoAddresses_FailsAndSaysSo()
    {
        foreach (Action<SmokeBuilder> probe in new Action<SmokeBuilder>[] { smoke => smoke.Http("/"), smoke => smoke.Tcp(), smoke => smoke.Command("x", "{address}") })
        {
            Verdict verdict = await SmokeAsync(probe, Contexts.Of(TimeProvider.System));
            verdict.Result.Should().Be(VerdictResult.Fail);
            verdict.Reason.Should().Contain("gives no address");
        }
    }

    [Test]
    public async Task Evaluate_Command_RunsForEachInstance()
    {
        var commands = new RecordingCommandRunner();
        commands.When("check").Returns().Returns("", 3, "queue is\nfull");
        CheckContext context = Contexts.Of(TimeProvider.System, commands, new Uri("http://127.0.0.1:5001/"), new Uri("http://127.0.0.1:5002/"));

        Verdict verdict = await SmokeAsync(smoke => smoke.Command("check", "{address}/x"), context);

        verdict.Result.Should().Be(VerdictResult.Fail);
        verdict.Reason.Should().Contain("1 of 2 instances").And.Contain("`check http://127.0.0.1:5002/x` ended with exit code 3. It said: queue is full");
        commands.Commands.Should().HaveCount(2);
    }

    [Test]
    public async Task Evaluate_CommandUnscripted_FailsClearly()
    {
        Verdict verdict = await SmokeAsync(smoke => smoke.Command("check"), Contexts.Of(TimeProvider.System));
        verdict.Reason.Should().Contain("No script answers `check`");
    }

    [TestCase(HealthStatus.Healthy, false, VerdictResult.Pass)]
    [TestCase(HealthStatus.Degraded, false, VerdictResult.Fail)]
    [TestCase(HealthStatus.Degraded, true, VerdictResult.Pass)]
    [TestCase(HealthStatus.Unhealthy, true, VerdictResult.Fail)]
    public async Task Evaluate_RegisteredHealthCheck_FollowsItsStatus(HealthStatus status, bool allowDegraded, VerdictResult expected)
    {
        var check = new Scripted(new HealthCheckResult(status, "9 jobs wait", new TimeoutException("database")));
        Verdict verdict = await SmokeAsync(smoke => smoke.HealthCheck(check, "jobs", allowDegraded), Contexts.Of(TimeProvider.System));

        verdict.Result.Should().Be(expected);
        if (expected == VerdictResult.Fail)
        {
            verdict.Reason.Should().Contain("'jobs' is").And.Contain("9 jobs wait").And.Contain("database");
        }
    }

    [Test]
    public async Task Evaluate_DelegateIgnoresItsToken_IsLeftBehind()
    {
        Verdict verdict = await SmokeAsync(
            smoke => smoke.Check("never ends", (_, _) => new TaskCompletionSource<string?>().Task).With(options => options.Timeout = TimeSpan.FromMilliseconds(20)),
            Contexts.Of(TimeProvider.System));
        verdict.Reason.Should().Contain("no answer within 20 ms");
    }

    [Test]
    public async Task ScriptedCheck_AnswersInTurn_AndRepeatsTheLast()
    {
        var clock = new HandClock();
        ScriptedCheck check = new ScriptedCheck("scripted").Passes(2).Fails("broken").Taking(TimeSpan.FromMinutes(3));
        var results = new List<VerdictResult>();
        for (int i = 0; i < 4; i++)
        {
            results.Add((await clock.RunAsync(check.EvaluateAsync(Contexts.Of(clock), CancellationToken.None))).Result);
        }

        results.Should().Equal(VerdictResult.Pass, VerdictResult.Pass, VerdictResult.Fail, VerdictResult.Fail);
        clock.Now.Should().Be(TimeSpan.FromMinutes(12));
        check.Evaluations.Should().HaveCount(4);
        Func<Task> throws = () => new ScriptedCheck("scripted").Throws(new InvalidOperationException("as scripted")).EvaluateAsync(Contexts.Of(clock), CancellationToken.None);
        await throws.Should().ThrowAsync<InvalidOperationException>().WithMessage("as scripted");
    }

    [Test]
    public async Task RecordingRunner_Observer_SeesStartAndLines()
    {
        var commands = new RecordingCommandRunner();
        commands.When("tool").Returns("general");
        commands.When("tool", "status").Returns("up\nfine\n", 0, "warning");
        var lines = new List<string>();
        CommandProcess? process = null;
        var observer = new CommandObserver { Line = lines.Add, Started = started => { process = started; return Task.CompletedTask; } };

        (await commands.RunAsync(Command.Of("tool", "status", "-v"), observer, CancellationToken.None)).Error.Should().Be("warning");
        (await commands.RunAsync(Command.Of("tool"), null, CancellationToken.None)).Output.Should().Be("general");

        lines.Should().Equal("up", "fine", "warning");
        process.Should().NotBeNull();
    }
}
