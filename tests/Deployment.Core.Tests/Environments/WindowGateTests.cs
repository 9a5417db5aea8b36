using System.Globalization;
using Deployment.Environments;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Environments;

/// <summary>A run that is planned on a Tuesday at midnight begins in the window, and not before.</summary>
[Category("Unit")]
public sealed class WindowGateTests
{
    private static readonly Release New = Stages.Version("1.0.0", 'a');

    [Test]
    public void Deploy_OutsideOfTheWindow_WaitsForIt()
    {
        Stages stages = Windowed();

        DeploymentResult result = stages.Deploy("production", New);

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        Texts(result.Log.Entries).Should().Equal(
            "WaitStarted: Wait for the window of production: it opens at 2030-01-01 09:00:00 UTC.",
            "WaitEnded: The window is open.");
        FirstEffect(result).Should().Be("2030-01-01 09:00");
    }

    [Test]
    public void Deploy_InTheWindow_BeginsAtOnce()
    {
        Stages stages = Windowed();
        stages.Time.Clock.Advance(TimeSpan.FromHours(10));

        DeploymentResult result = stages.Deploy("production", New);

        Texts(result.Log.Entries).Should().Equal("WaitEnded: The window is open.");
        FirstEffect(result).Should().Be("2030-01-01 10:30");
    }

    [Test]
    public void Deploy_ApprovedTooLate_WaitsForTheNextWindow_AndIsLookedAtThen()
    {
        Stages stages = Windowed(policy => policy with { ApprovalBy = "approver" });
        var ready = new ScriptedCheck("ready", CheckKind.Readiness).Answers((context, _) =>
            Task.FromResult(context.TimeProvider.GetUtcNow().Hour == 9 ? Verdict.Pass("ready") : Verdict.Fail("asleep")));
        DeploymentPipeline pipeline = stages.Pipeline("production", more: builder => builder.Check(ready, Moment.Start).RequireApproval(role: "owner"));

        DeploymentResult result = stages.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = pipeline.DeployAsync(New);
            for (int gate = 0; gate < 2; gate++)
            {
                await Task.Delay(TimeSpan.FromHours(10), stages.Time.Clock);
                stages.Runs()[^1].State.Should().Be(RunState.Held);
                await pipeline.SignalAsync(stages.Runs()[^1].Id, Signal.Approve("ada", stages.Runs()[^1].RunbookHash!));
            }

            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.Steps.Take(4).Select(step => step.Title).Should().Equal("Go/No-Go by approver for production", "Go/No-Go by owner", "Wait for the window of production", "ready");
        FirstEffect(result).Should().Be("2030-01-02 09:00");
    }

    [Test]
    public void Deploy_PersonWantsToSkipTheWindow_StillWaits_AndAbortEndsIt([Values] bool aborts)
    {
        Stages stages = Windowed();
        DeploymentPipeline pipeline = stages.Pipeline("production");

        DeploymentResult result = stages.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = pipeline.DeployAsync(New);
            await Task.Delay(TimeSpan.FromHours(1), stages.Time.Clock);
            string run = stages.Runs()[^1].Id;
            await pipeline.SignalAsync(run, Signal.PromoteFully("ada"));
            await Task.Delay(TimeSpan.FromMinutes(30), stages.Time.Clock);
            stages.Targets["production"].Transcript.Should().BeEmpty();
            if (aborts)
            {
                await pipeline.SignalAsync(run, Signal.Abort("ada"));
            }

            return await deploying;
        });

        result.Outcome.Should().Be(aborts ? DeploymentOutcome.Rejected : DeploymentOutcome.Succeeded);
        result.Log.Entries[^1].At.Hour.Should().Be(aborts ? 2 : 9);
    }

    /// <summary>Wherever a process dies, the next one begins in a window or goes on with what was begun in one.</summary>
    [TestCase(0, Description = "the next process comes in the same window")]
    [TestCase(10, Description = "the next process comes after it has closed")]
    public void Deploy_DiesAtEveryPoint_NothingBeginsOutsideOfTheWindow(int hoursUntilTheNext)
    {
        int waitedAgain = 0, points = 0;
        for (int point = 1; ; point++, points++)
        {
            Stages stages = Windowed();
            var process = new SimulatedProcess(point);
            try
            {
                stages.Time.Run(() => stages.Pipeline("production", process).DeployAsync(New));
            }
            catch (SimulatedCrashException)
            {
            }

            if (process.Death is null)
            {
                break;
            }

            if (stages.Runs().SingleOrDefault(run => run.Environment == "production") is not { } run)
            {
                continue;
            }

            stages.Time.Clock.Advance(TimeSpan.FromHours(hoursUntilTheNext));
            DeploymentResult result = stages.Time.Run(() => stages.Pipeline("production").ResumeAsync(run.Id));

            result.Outcome.Should().Be(DeploymentOutcome.Succeeded, $"died {process.Death}: {result.Reason}");
            result.Log.Entries.First(entry => entry.Kind == JournalEntryKind.StepStarted).At.Hour.Should().BeInRange(9, 15, $"died {process.Death}");
            waitedAgain += result.Log.Entries.Count(entry => entry.Kind == JournalEntryKind.WaitStarted && entry.Step!.StartsWith("wait-for-the-window", StringComparison.Ordinal)) > 1 ? 1 : 0;
        }

        points.Should().BeGreaterThan(20);
        (waitedAgain > 0).Should().Be(hoursUntilTheNext > 0, "a gate that was passed counts for the beginning only");
    }

    [Test]
    public void RollBack_OutsideOfTheWindow_WaitsForNothing()
    {
        Stages stages = Windowed(policy => policy with { ApprovalBy = null });
        stages.Passes("production", New);
        Release next = Stages.Version("1.1.0", 'b');
        stages.Passes("development", next);
        stages.Passes("staging", next);
        stages.Passes("production", next);
        stages.Production = stages.Production with { ApprovalBy = "approver" };
        stages.Time.Clock.Advance(TimeSpan.FromHours(10));
        DateTimeOffset begin = stages.Time.Clock.GetUtcNow();

        DeploymentResult result = stages.RollBack("production");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.Steps.Should().NotContain(step => step is WindowStep || step is ApprovalStep);
        (result.Log.Entries[^1].At - begin).Should().BeLessThan(TimeSpan.FromMinutes(1));
    }

    private static Stages Windowed(Func<EnvironmentPolicy, EnvironmentPolicy>? more = null)
    {
        var stages = new Stages();
        stages.Passes("development", New);
        stages.Passes("staging", New);
        stages.Time.Clock.Advance(new DateTimeOffset(2030, 1, 1, 0, 30, 0, TimeSpan.Zero) - stages.Time.Clock.GetUtcNow());
        stages.Production = EnvironmentPolicy.Production(DeploymentWindow.Weekdays(new(9, 0), new(16, 0))) with { ApprovalBy = null };
        stages.Production = more?.Invoke(stages.Production) ?? stages.Production;
        return stages;
    }

    private static IEnumerable<string> Texts(IEnumerable<JournalEntry> entries) => entries
        .Where(entry => entry.Step?.StartsWith("wait-for-the-window", StringComparison.Ordinal) ?? false)
        .Select(entry => $"{entry.Kind}: {entry.Text}");

    private static string FirstEffect(DeploymentResult result) =>
        result.Log.Entries.First(entry => entry.Kind == JournalEntryKind.StepStarted).At.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
