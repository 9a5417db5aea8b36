using System.Globalization;
using Deployment.Environments;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Environments;

/// <summary>What was asked when a run began is asked again before it changes anything: it may have waited since.</summary>
[Category("Unit")]
public sealed class FirstChangeTests
{
    private static readonly Release New = Stages.Version("1.0.0", 'a');
    private static readonly Release Other = Stages.Version("1.1.0", 'b');

    [Test]
    public void Deploy_StagingWentBackWhileAPersonDecided_NothingIsChanged([Values] bool wentBack)
    {
        Stages stages = Everywhere();
        stages.Production = stages.Production with { ApprovalBy = "approver" };
        DeploymentPipeline pipeline = stages.Pipeline("production");

        DeploymentResult result = stages.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Other);
            await Task.Delay(TimeSpan.FromHours(1), stages.Time.Clock);
            if (wentBack)
            {
                (await stages.Pipeline("staging").RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded);
            }

            await Task.Delay(TimeSpan.FromHours(1), stages.Time.Clock);
            await ApproveAsync(stages, pipeline);
            return await deploying;
        });

        result.Outcome.Should().Be(wentBack ? DeploymentOutcome.Rejected : DeploymentOutcome.Succeeded, result.Reason);
        stages.Live("production").Should().Be(wentBack ? "shop_1.0.0_1=100" : "shop_1.1.0_1=100");
        if (wentBack)
        {
            result.Reason.Should().Contain("has not passed staging");
            result.Log.Entries.Should().NotContain(entry => entry.Kind == JournalEntryKind.StepStarted);
            stages.Store.ListClaimsAsync(CancellationToken.None).GetAwaiter().GetResult().Should().BeEmpty();
        }
    }

    /// <summary>Two targets side by side, of which one may fail: being refused is no failure of a target.</summary>
    [Test]
    public void Deploy_StagingWentBackWhileItWaitedForTheWindow_NoLaneBegins()
    {
        Stages stages = Everywhere();
        stages.Production = stages.Production with { Windows = [DeploymentWindow.Weekdays(new(9, 0), new(16, 0))] };
        var second = new FakeTarget("production-2");
        second.Seed(new Revision(new RevisionId("shop", "1.0.0", 1), New));
        DeploymentPipeline pipeline = stages.Pipeline("production", more: builder => builder.DeployTo(second).WithLanes(new LanePolicy { MaxFailures = 1, MaxConcurrency = 2 }));

        DeploymentResult result = stages.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Other);
            await Task.Delay(TimeSpan.FromHours(1), stages.Time.Clock);
            await stages.Pipeline("staging").RollBackAsync();
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Rejected, result.Reason);
        result.Reason.Should().Contain("has not passed staging");
        result.Log.Entries[^1].At.Hour.Should().Be(9);
        result.Log.Entries.Should().NotContain(entry => entry.Kind == JournalEntryKind.StepStarted || entry.Kind == JournalEntryKind.RollbackStarted);
        second.Transcript.Should().BeEmpty();
    }

    [Test]
    public void Resume_StagingWentBackBeforeAnythingWasChanged_NothingIsChanged()
    {
        Stages stages = Everywhere();
        stages.Production = stages.Production with { ApprovalBy = "approver" };
        DeploymentPipeline pipeline = stages.Pipeline("production", more: builder => builder.ConfigureEngine(engine => engine.OnCancellation = CancellationPolicy.Detach));

        DeploymentResult result = stages.Time.Run(async () =>
        {
            using var host = new CancellationTokenSource();
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Other, host.Token);
            await Task.Delay(TimeSpan.FromHours(1), stages.Time.Clock);
            await host.CancelAsync();
            await FluentActions.Awaiting(() => deploying).Should().ThrowAsync<OperationCanceledException>();
            await ApproveAsync(stages, pipeline);
            await stages.Pipeline("staging").RollBackAsync();
            return await pipeline.ResumeAsync(stages.Runs().Single(run => run.State != RunState.Ended && run.State != RunState.Scheduled).Id);
        });

        result.Outcome.Should().Be(DeploymentOutcome.Rejected, result.Reason);
        result.Reason.Should().Contain("has not passed staging");
    }

    /// <summary>Paused while it waits for the window, resumed after that has closed: it begins in the next one.</summary>
    [TestCase(11, "2030-01-01 11:00", Description = "resumed while the window is open")]
    [TestCase(20, "2030-01-02 09:00", Description = "resumed when it has closed")]
    public void Deploy_PausedBeforeItBegan_BeginsInAWindow(int resumedAt, string begins)
    {
        (Stages stages, DeploymentPipeline pipeline) = InWindows();

        DeploymentResult result = stages.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Other);
            await UntilAsync(stages, 8);
            string run = stages.Runs()[^1].Id;
            await pipeline.SignalAsync(run, Signal.Pause("ada"));
            await UntilAsync(stages, resumedAt);
            stages.Targets["production"].Now.Stands(new RevisionId("shop", "1.1.0", 1)).Should().BeFalse();
            await pipeline.SignalAsync(run, Signal.Resume("ada"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        FirstEffect(result).Should().Be(begins);
    }

    /// <summary>Paused again while it waits for the next window: a window that opens doesn't end a pause.</summary>
    [Test]
    public void Deploy_PausedTwice_BeginsWhenItIsBothOpenAndResumed()
    {
        (Stages stages, DeploymentPipeline pipeline) = InWindows();

        DeploymentResult result = stages.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Other);
            string run = await PausedOverTheWindowAsync(stages, pipeline);
            await UntilAsync(stages, 22);
            await pipeline.SignalAsync(run, Signal.Pause("ada"));
            await UntilAsync(stages, 24 + 10);
            stages.Targets["production"].Now.Stands(new RevisionId("shop", "1.1.0", 1)).Should().BeFalse();
            await pipeline.SignalAsync(run, Signal.Resume("ada"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        FirstEffect(result).Should().Be("2030-01-02 10:00");
    }

    /// <summary>Half a deployment is worse than one that ends late, so what was begun is finished.</summary>
    [Test]
    public void Deploy_PausedInItsMidstUntilTheWindowHasClosed_GoesOn()
    {
        (Stages stages, DeploymentPipeline pipeline) = InWindows();

        DeploymentResult result = stages.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Other);
            await UntilAsync(stages, 9, minutes: 2);
            string run = stages.Runs().Single(run => run.State == RunState.Running).Id;
            await pipeline.SignalAsync(run, Signal.Pause("ada"));
            await UntilAsync(stages, 20);
            stages.Live("production").Should().Contain("shop_1.1.0_1=10");
            await stages.Pipeline("staging").RollBackAsync();
            await pipeline.SignalAsync(run, Signal.Resume("ada"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries[^1].At.Hour.Should().Be(20);
    }

    [Test]
    public void Deploy_AbortedWhileItIsAskedAgain_IsRejectedAsAborted()
    {
        (Stages stages, DeploymentPipeline pipeline) = InWindows();

        DeploymentResult result = stages.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Other);
            string run = await PausedOverTheWindowAsync(stages, pipeline);
            await UntilAsync(stages, 22);
            await pipeline.SignalAsync(run, Signal.Abort("ada", "another day"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Rejected, result.Reason);
        result.Reason.Should().Contain("another day");
        result.Log.Entries[^1].At.Hour.Should().Be(22);
    }

    /// <summary>What is asked may say in words of its own that it was interrupted.</summary>
    [Test]
    public void Deploy_AbortedWhileHistoryIsRead_EndsAsAborted()
    {
        Stages stages = Everywhere();
        (DeploymentPipeline pipeline, AskedStore store) = Approved(stages);
        bool asked = false;

        DeploymentResult result = stages.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Other);
            await Task.Delay(TimeSpan.FromHours(1), stages.Time.Clock);
            store.Asked = async token =>
            {
                (asked, store.Asked) = (true, _ => Task.CompletedTask);
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, stages.Time.Clock, token);
                }
                catch (OperationCanceledException)
                {
                    throw new DeploymentException("The connection was closed.");
                }
            };
            await ApproveAsync(stages, pipeline);
            await Task.Delay(TimeSpan.FromMinutes(1), stages.Time.Clock);
            await pipeline.SignalAsync(Open(stages).Id, Signal.Abort("ada", "another day"));
            return await deploying;
        });

        asked.Should().BeTrue();
        result.Outcome.Should().Be(DeploymentOutcome.Rejected, result.Reason);
        result.Reason.Should().Contain("another day");
        stages.Store.ListClaimsAsync(CancellationToken.None).GetAwaiter().GetResult().Should().BeEmpty();
    }

    [Test]
    public void Deploy_PausedWhileHistoryIsRead_NothingBeginsBeforeItIsResumed()
    {
        Stages stages = Everywhere();
        (DeploymentPipeline pipeline, AskedStore store) = Approved(stages);

        DeploymentResult result = stages.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Other);
            await UntilAsync(stages, 4);
            store.Asked = async token =>
            {
                store.Asked = _ => Task.CompletedTask;
                await Task.Delay(TimeSpan.FromMinutes(10), stages.Time.Clock, token);
            };
            await ApproveAsync(stages, pipeline);
            await UntilAsync(stages, 4, minutes: 5);
            await pipeline.SignalAsync(Open(stages).Id, Signal.Pause("ada"));
            await UntilAsync(stages, 6);
            await pipeline.SignalAsync(Open(stages).Id, Signal.Resume("ada"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        FirstEffect(result).Should().Be("2030-01-01 06:00");
    }

    [Test]
    public void Deploy_HistoryCannotBeRead_IsHeldUntilAPersonHasItLookedAtAgain()
    {
        Stages stages = Everywhere();
        (DeploymentPipeline pipeline, AskedStore store) = Approved(stages);

        DeploymentResult result = stages.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Other);
            await UntilAsync(stages, 4);
            store.Asked = _ => throw new IOException("The share is away.");
            await ApproveAsync(stages, pipeline);
            await UntilAsync(stages, 5);
            Open(stages).Should().Match<RunRecord>(run => run.State == RunState.Held && run.Reason!.Contains("The share is away. Resume to look again, or abort."));
            store.Asked = _ => Task.CompletedTask;
            await pipeline.SignalAsync(Open(stages).Id, Signal.Resume("ada"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        FirstEffect(result).Should().Be("2030-01-01 05:00");
    }

    /// <summary>A pipeline that may begin from 9 to 16 o'clock.</summary>
    private static (Stages Stages, DeploymentPipeline Pipeline) InWindows()
    {
        Stages stages = Everywhere();
        stages.Production = stages.Production with { Windows = [DeploymentWindow.Weekdays(new(9, 0), new(16, 0))] };
        return (stages, stages.Pipeline("production"));
    }

    /// <summary>Paused while it waits for the window, and resumed after that has closed: it waits for the next one.</summary>
    private static async Task<string> PausedOverTheWindowAsync(Stages stages, DeploymentPipeline pipeline)
    {
        await UntilAsync(stages, 8);
        string run = Open(stages).Id;
        await pipeline.SignalAsync(run, Signal.Pause("ada"));
        await UntilAsync(stages, 20);
        await pipeline.SignalAsync(run, Signal.Resume("ada"));
        return run;
    }

    /// <summary>A pipeline that waits for a person, and a store that a test can slow down.</summary>
    private static (DeploymentPipeline Pipeline, AskedStore Store) Approved(Stages stages)
    {
        stages.Production = stages.Production with { ApprovalBy = "approver" };
        var store = new AskedStore(stages.Store);
        return (stages.Pipeline("production", more: builder => builder.UseStore(store)), store);
    }

    private static RunRecord Open(Stages stages) => stages.Runs().Single(run => run.State is not (RunState.Ended or RunState.Scheduled));

    /// <summary>1.0.0 is live everywhere and 1.1.0 passed staging; it is Tuesday, half past two.</summary>
    private static Stages Everywhere()
    {
        var stages = new Stages();
        foreach (string environment in Stages.Names)
        {
            stages.Passes(environment, New);
        }

        stages.Passes("development", Other);
        stages.Passes("staging", Other);
        stages.Time.Clock.Advance(new DateTimeOffset(2030, 1, 1, 2, 30, 0, TimeSpan.Zero) - stages.Time.Clock.GetUtcNow());
        return stages;
    }

    private static async Task UntilAsync(Stages stages, int hour, int minutes = 0) =>
        await Task.Delay(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour).AddMinutes(minutes) - stages.Time.Clock.GetUtcNow(), stages.Time.Clock);

    private static async Task ApproveAsync(Stages stages, DeploymentPipeline pipeline)
    {
        RunRecord run = Open(stages);
        await pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
    }

    private static string FirstEffect(DeploymentResult result) =>
        result.Log.Entries.First(entry => entry.Kind == JournalEntryKind.StepStarted).At.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
