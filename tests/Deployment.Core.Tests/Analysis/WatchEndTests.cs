using Deployment.Analysis;
using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Analysis;

/// <summary>What counts at the end of a watch: that the release is well then.</summary>
[Category("Unit")]
public sealed class WatchEndTests
{
    /// <summary>A health check takes a minute to say that a release is not well: until then it might be again.</summary>
    [TestCase(false, DeploymentOutcome.RolledBack)]
    [TestCase(true, DeploymentOutcome.Succeeded)]
    public void Deploy_UnhealthyRightBeforeTheEnd_IsWaitedFor(bool recovers, DeploymentOutcome outcome)
    {
        Watched watched = With(
            (check, clock) => check.Answers(async (context, cancellationToken) =>
            {
                if (clock() < TimeSpan.FromSeconds(270) || context.Subject.Candidate.Version != "1.1.0")
                {
                    return Verdict.Pass("well");
                }

                await Task.Delay(TimeSpan.FromMinutes(1), context.TimeProvider, cancellationToken);
                return recovers ? Verdict.Pass("well again") : Verdict.Fail("it is gone");
            }));

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(outcome, result.Reason);
        _ = recovers ? null : result.Reason.Should().Be("'Watch for 5 min' failed: it is gone");
        Watched.Took(result, JournalEntryKind.CheckStarted, recovers ? JournalEntryKind.CheckPassed : JournalEntryKind.CheckFailed, "watch").Should().BeCloseTo(TimeSpan.FromSeconds(330), TimeSpan.FromSeconds(6));
    }

    [Test]
    public void Deploy_TheHealthCheckRestsAtTheEnd_ItsLastWordCounts()
    {
        Watched watched = With((check, _) => check.Passes());

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        Watched.Took(result, JournalEntryKind.CheckStarted, JournalEntryKind.CheckPassed, "watch").Should().Be(TimeSpan.FromMinutes(5));
    }

    [Test]
    public void Promote_WhileTheHealthCheckIsWaitedFor_GoesOn()
    {
        Watched watched = With((check, clock) => check.Answers(async (context, cancellationToken) =>
        {
            await (clock() < TimeSpan.FromSeconds(290) || context.Duration is null ? Task.CompletedTask : Task.Delay(Timeout.InfiniteTimeSpan, context.TimeProvider, cancellationToken));
            return Verdict.Pass("well");
        }));

        DeploymentResult result = watched.World.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = watched.World.Pipeline();
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Deployment.Tests.Execution.World.Version("1.1.0"));
            await Task.Delay(TimeSpan.FromMinutes(20), watched.World.Time.Clock);
            deploying.IsCompleted.Should().BeFalse("a health check that doesn't answer is no pass");
            await pipeline.SignalAsync(watched.World.RunOf("1.1.0")!.Id, Signal.Promote("ada"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }

    private static Watched With(Action<ScriptedCheck, Func<TimeSpan>> script)
    {
        var check = new ScriptedCheck("up");
        Watched? watched = null;
        watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.1)), strategy: pipeline => pipeline.UseBlueGreen().Check(check, Moment.Installed));
        DateTimeOffset begin = watched.World.Time.Clock.GetUtcNow();
        script(check, () => watched.World.Time.Clock.GetUtcNow() - begin);
        return watched;
    }
}
