using System.Collections.Concurrent;
using System.Diagnostics;
using Deployment.Commands;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Telemetry;

namespace Deployment.Execution;

/// <summary>
/// Runs one effect: journal the intent with its undo, make it durable, run, verify, journal the outcome, make it durable.
/// An effect that is in doubt after a crash is repeated only as its verb allows.
/// </summary>
internal sealed class EffectRunner(ActiveRun run)
{
    private readonly EffectAttempts _attempts = new(run);

    internal async Task<NodeResult> RunAsync(EffectStep step, CancellationToken interrupt)
    {
        while (true)
        {
            StepStatus status = run.Progress.StatusOf(step.Id);
            if (status == StepStatus.Succeeded)
            {
                return NodeResult.Done;
            }

            if (status == StepStatus.Failed)
            {
                return NodeResult.Failed(step.Id, run.Progress.Find(step.Id)?.Reason ?? "It failed.");
            }

            if (interrupt.IsCancellationRequested)
            {
                return NodeResult.Stopped(step.Id);
            }

            if (run.StillRuns(step.Id))
            {
                return NodeResult.Failed(step.Id, "It still runs from before, although it was told to stop; it is not run beside itself.");
            }

            Doubt doubt = status == StepStatus.Started ? await ResolveAsync(step, interrupt) : Doubt.Run;
            run.Lease.Lost.ThrowIfLost(run.Lease);
            if (doubt != Doubt.Ask)
            {
                return await AttemptAsync(step, status == StepStatus.Started, doubt == Doubt.TookEffect, interrupt);
            }

            if (interrupt.IsCancellationRequested)
            {
                return NodeResult.Stopped(step.Id);
            }

            try
            {
                await run.Control.HoldAsync(
                    step.Id,
                    $"It is not known whether '{step.Title}' took effect: the process that ran it died, and it can't be looked up. Look there; then resume to run it again, promote to take it as done, or abort.",
                    interrupt);
            }
            catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
            {
                return NodeResult.Stopped(step.Id);
            }
        }
    }

    private async Task<Doubt> ResolveAsync(EffectStep step, CancellationToken interrupt) => step.Repeatability switch
    {
        Repeatability.Idempotent => Doubt.Run,
        Repeatability.Probeable => await _attempts.ProbeAsync(step, interrupt) switch
        {
            ProbeResult.TookEffect => Doubt.TookEffect,
            ProbeResult.DidNotTakeEffect => Doubt.Run,
            _ => Doubt.Ask,
        },
        _ => Doubt.Ask,
    };

    private async Task<NodeResult> AttemptAsync(EffectStep step, bool intentIsJournaled, bool tookEffect, CancellationToken interrupt)
    {
        using Activity? activity = DeploymentTelemetry.StartStep(run.Record, step);
        if (!intentIsJournaled)
        {
            await run.Journal.AppendAsync(JournalEntryKind.StepStarted, step.Id, step.Title, UndoOf(step));
        }

        string? problem;
        Dictionary<string, string>? detail = null;
        ConcurrentDictionary<string, string> evidence = new(StringComparer.Ordinal);
        try
        {
            problem = await _attempts.RunAsync(step, tookEffect, evidence, interrupt);
        }
        catch (LeftBehindException error)
        {
            // Also when the lease is lost: this process may drive the run again before the effect has ended.
            run.Services.LeftBehind.Add(run.Record.Id, step.Id, error.Work);
            if (run.IsFatal())
            {
                throw;
            }

            detail = new Dictionary<string, string> { [Detail.LeftBehind] = "true" };
            problem = interrupt.IsCancellationRequested ? error.Message : $"It did not finish within {step.Retry.Timeout}. {error.Message}";
            activity?.AddException(error);
        }
        catch (Exception error) when (!run.IsFatal() && CommandNotEndedException.IsBehind(error))
        {
            run.Services.LeftBehind.Add(run.Record.Id, step.Id);
            detail = new Dictionary<string, string> { [Detail.LeftBehind] = "true" };
            problem = error.Message;
            activity?.AddException(error);
        }
        catch (Exception error) when (!run.IsFatal())
        {
            problem = error is OperationCanceledException && interrupt.IsCancellationRequested ? "It was stopped before it finished." : error.Message;
            activity?.AddException(error);
        }

        run.Lease.Lost.ThrowIfLost(run.Lease);
        if (problem is null)
        {
            await run.Journal.AppendAsync(JournalEntryKind.StepSucceeded, step.Id, step.Expected, With(evidence, null));
            return NodeResult.Done;
        }

        if (interrupt.IsCancellationRequested && run.Detached.IsCancellationRequested && !run.Control.Aborted.IsCancellationRequested)
        {
            // The run is left open for the next process, which finds this step in doubt, not failed.
            return NodeResult.Stopped(step.Id);
        }

        activity?.SetStatus(ActivityStatusCode.Error, problem);
        await run.Journal.AppendAsync(JournalEntryKind.StepFailed, step.Id, problem, With(evidence, detail));
        return interrupt.IsCancellationRequested ? NodeResult.Stopped(step.Id) : NodeResult.Failed(step.Id, problem);
    }

    /// <summary>What decides is the engine's to say, whatever a verb calls its evidence.</summary>
    private static Dictionary<string, string>? With(ConcurrentDictionary<string, string> evidence, Dictionary<string, string>? detail)
    {
        Dictionary<string, string> all = evidence.ToDictionary(StringComparer.Ordinal);
        all.Remove(Detail.Ahead);
        all.Remove(Detail.LeftBehind);
        foreach ((string name, string value) in detail ?? [])
        {
            all[name] = value;
        }

        return all.Count > 0 ? all : null;
    }

    private static Dictionary<string, string> UndoOf(EffectStep step) => new()
    {
        [Detail.Undo] = step.Undo.Operation?.ToString() ?? $"{step.Undo.Kind}: {step.Undo.Reason}",
    };

    private enum Doubt
    {
        Run,
        TookEffect,
        Ask,
    }
}
