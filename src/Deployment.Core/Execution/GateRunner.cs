using Deployment.Environments;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>Runs what only waits: pauses by the clock, and Go/No-Gos. After a crash the time already waited counts.</summary>
internal sealed class GateRunner(ActiveRun run)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromHours(1);

    internal async Task<NodeResult> RunAsync(WaitStep step, CancellationToken interrupt)
    {
        if (run.Progress.StatusOf(step.Id) == StepStatus.Succeeded)
        {
            return NodeResult.Done;
        }

        try
        {
            if (run.Progress.StatusOf(step.Id) == StepStatus.NotStarted)
            {
                await run.Journal.AppendAsync(JournalEntryKind.WaitStarted, step.Id, step.Reason);
            }

            if (run.Progress.PromotedFully)
            {
                await run.Journal.AppendAsync(JournalEntryKind.WaitEnded, step.Id, "Skipped: the run was promoted fully.");
                return NodeResult.Done;
            }

            if (!await SkippedWithinAsync(step, interrupt))
            {
                await run.Journal.AppendAsync(JournalEntryKind.WaitEnded, step.Id, $"Waited {step.Duration}.");
            }

            return NodeResult.Done;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return NodeResult.Stopped(step.Id);
        }
    }

    /// <summary>Looks at the clock again and again, since somebody may set it. It counts for the beginning: what has changed something goes on.</summary>
    internal async Task<NodeResult> RunAsync(WindowStep step, CancellationToken interrupt)
    {
        if (run.Progress.StatusOf(step.Id) == StepStatus.Succeeded && run.Progress.Touched.Count > 0)
        {
            return NodeResult.Done;
        }

        try
        {
            while (WindowTimes.NextOpening(step.Windows, run.Time.GetUtcNow()) is var opening && opening > run.Time.GetUtcNow())
            {
                if (run.Progress.StatusOf(step.Id) != StepStatus.Started)
                {
                    await run.Journal.AppendAsync(JournalEntryKind.WaitStarted, step.Id, $"{step.Title}: it opens at {opening.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");
                }

                TimeSpan left = opening - run.Time.GetUtcNow();
                await run.Time.DelayAsync(left < LookAgain ? Positive(left) : LookAgain, interrupt);
            }

            if (run.Progress.StatusOf(step.Id) != StepStatus.Succeeded)
            {
                await run.Journal.AppendAsync(JournalEntryKind.WaitEnded, step.Id, "The window is open.");
            }

            return NodeResult.Done;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return NodeResult.Stopped(step.Id);
        }
    }

    internal async Task<NodeResult> RunAsync(ApprovalStep step, CancellationToken interrupt)
    {
        StepStatus status = run.Progress.StatusOf(step.Id);
        if (status == StepStatus.Succeeded)
        {
            return NodeResult.Done;
        }

        if (status == StepStatus.Failed)
        {
            return NodeResult.Failed(step.Id, run.Progress.Find(step.Id)?.Reason ?? "It was refused.");
        }

        try
        {
            if (status == StepStatus.NotStarted)
            {
                await run.Journal.AppendAsync(JournalEntryKind.ApprovalRequested, step.Id, Request(step));
            }

            return await DecidedAsync(step, interrupt)
                ? NodeResult.Done
                : NodeResult.Failed(step.Id, run.Progress.Find(step.Id)?.Reason ?? "It was refused.");
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return NodeResult.Stopped(step.Id);
        }
    }

    private string Request(ApprovalStep step) => $"{step.Title}: waits for {step.Role}. Approve the runbook {run.Runbook.Hash}, or reject.";

    private TimeSpan Left(string step, TimeSpan duration)
    {
        TimeSpan left = run.Progress.Find(step)!.StartedAt + duration - run.Time.GetUtcNow();
        return Positive(left);
    }

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private async Task<bool> SkippedWithinAsync(WaitStep step, CancellationToken interrupt)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        Task skipped = run.Control.SkippedAsync(step.Id, over.Token);
        Task elapsed = run.Time.DelayAsync(Left(step.Id, step.Duration), over.Token);
        Task first = await Task.WhenAny(skipped, elapsed);
        over.Cancel();
        await first;
        return run.Progress.StatusOf(step.Id) == StepStatus.Succeeded;
    }

    private async Task<bool> DecidedAsync(ApprovalStep step, CancellationToken interrupt)
    {
        if (step.Timeout is not { } timeout)
        {
            return await run.Control.ApprovalAsync(step.Id, Request(step), interrupt);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        Task<bool> decided = run.Control.ApprovalAsync(step.Id, Request(step), over.Token);
        Task elapsed = run.Time.DelayAsync(Left(step.Id, timeout), over.Token);
        if (await Task.WhenAny(decided, elapsed) == elapsed && !interrupt.IsCancellationRequested && run.Progress.StatusOf(step.Id) == StepStatus.Started)
        {
            await run.Journal.AppendAsync(JournalEntryKind.ApprovalRefused, step.Id, $"Nobody decided within {timeout}.");
            over.Cancel();
            return false;
        }

        over.Cancel();
        return await decided;
    }
}
