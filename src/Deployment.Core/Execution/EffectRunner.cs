using System.Diagnostics;
using System.Globalization;
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
    private readonly StepPipelines _pipelines = new(run.Time, run.Services.Random);

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

            EffectContext context = ContextOf(step);
            Doubt doubt = status == StepStatus.Started ? await ResolveAsync(step, context) : Doubt.Run;
            if (doubt != Doubt.Ask)
            {
                return await AttemptAsync(step, context, status == StepStatus.Started, doubt == Doubt.TookEffect, interrupt);
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

    private async Task<Doubt> ResolveAsync(EffectStep step, EffectContext context)
    {
        switch (step.Repeatability)
        {
            case Repeatability.Idempotent:
                return Doubt.Run;
            case Repeatability.Probeable:
                return await ProbeAsync(step, context) switch
                {
                    ProbeResult.TookEffect => Doubt.TookEffect,
                    ProbeResult.DidNotTakeEffect => Doubt.Run,
                    _ => Doubt.Ask,
                };
            default:
                return Doubt.Ask;
        }
    }

    /// <summary>A probe that fails tells nothing: a person decides, as when it can't tell.</summary>
    private async Task<ProbeResult> ProbeAsync(EffectStep step, EffectContext context)
    {
        try
        {
            return await run.Services.Targets.Verb(step.Operation).ProbeAsync(step.Operation.Arguments, context, run.Lease.Lost);
        }
        catch (Exception error) when (!IsFatal())
        {
            run.Report(step.Id, $"Looking whether it took effect failed: {error.Message}");
            return ProbeResult.Unknown;
        }
    }

    /// <summary>Before another attempt. What can't be told is never done twice.</summary>
    private async Task<bool> TookEffectAsync(EffectStep step, EffectContext context, Exception error) => await ProbeAsync(step, context) switch
    {
        ProbeResult.TookEffect => true,
        ProbeResult.DidNotTakeEffect => false,
        _ => throw new DeploymentException($"{error.Message} It is not known whether it took effect, so it was not tried again.", error),
    };

    private async Task<NodeResult> AttemptAsync(EffectStep step, EffectContext context, bool intentIsJournaled, bool tookEffect, CancellationToken interrupt)
    {
        using Activity? activity = DeploymentTelemetry.StartStep(run.Record, step);
        if (!intentIsJournaled)
        {
            await run.Journal.AppendAsync(JournalEntryKind.StepStarted, step.Id, step.Title, UndoOf(step));
        }

        string? problem;
        try
        {
            problem = await RunToEndAsync(step, context, tookEffect, interrupt);
        }
        catch (Exception error) when (!IsFatal())
        {
            problem = error is OperationCanceledException && interrupt.IsCancellationRequested ? "It was stopped before it finished." : error.Message;
            activity?.AddException(error);
        }

        run.Lease.Lost.ThrowIfLost(run.Lease);
        if (problem is null)
        {
            await run.Journal.AppendAsync(JournalEntryKind.StepSucceeded, step.Id, step.Expected);
            return NodeResult.Done;
        }

        if (run.Detached.IsCancellationRequested && !run.Control.Aborted.IsCancellationRequested)
        {
            // The run is left open for the next process, which finds this step in doubt, not failed.
            return NodeResult.Stopped(step.Id);
        }

        activity?.SetStatus(ActivityStatusCode.Error, problem);
        await run.Journal.AppendAsync(JournalEntryKind.StepFailed, step.Id, problem);
        return interrupt.IsCancellationRequested ? NodeResult.Stopped(step.Id) : NodeResult.Failed(step.Id, problem);
    }

    /// <summary>Nothing may be said of the step when this process can't journal any more, or isn't the driver.</summary>
    private bool IsFatal() => run.Journal.Failure is not null || run.Lease.Lost.IsCancellationRequested;

    private async Task<string?> RunToEndAsync(EffectStep step, EffectContext context, bool tookEffect, CancellationToken interrupt)
    {
        Verb verb = run.Services.Targets.Verb(step.Operation);
        string? problem = null;
        using var grace = new EffectGrace(run, interrupt);
        await grace.BoundAsync(_pipelines.ExecuteAsync(
            step,
            async cancellationToken =>
            {
                if (!tookEffect)
                {
                    await verb.RunAsync(step.Operation.Arguments, context, cancellationToken);
                }

                problem = await verb.VerifyAsync(step.Operation.Arguments, context, cancellationToken);
            },
            async (attempt, error) =>
            {
                await run.Journal.AppendAsync(JournalEntryKind.StepRetried, step.Id, error.Message, new Dictionary<string, string> { [Detail.Attempt] = attempt.ToString(CultureInfo.InvariantCulture) });
                tookEffect = step.Repeatability == Repeatability.Probeable && await TookEffectAsync(step, context, error);
            },
            grace.Token));
        return problem is null ? null : $"It ran, but was not verified: {problem}";
    }

    private EffectContext ContextOf(EffectStep step) => new(
        run.Record.Id,
        step.Id,
        run.Lease.Epoch,
        new JournalingCommandRunner(run.Services.Commands, run.Journal, step.Id),
        run.Services.Secrets,
        run.Time,
        text => run.Report(step.Id, text));

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
