using System.Diagnostics;
using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Telemetry;

namespace Deployment.Execution;

/// <summary>Runs checks: a pass goes on, a failure does what its rule says, and missing data never passes.</summary>
internal sealed class CheckRunner(ActiveRun run)
{
    private readonly Patience _patience = new(run.Time, Patience.Least);

    /// <param name="step">The check.</param>
    /// <param name="interrupt">Ends it without a decision.</param>
    /// <param name="mayHold">Whether it may hold the run for a person; a check after going back never does.</param>
    internal async Task<NodeResult> RunAsync(CheckStep step, CancellationToken interrupt, bool mayHold = true)
    {
        while (true)
        {
            switch (run.Progress.StatusOf(step.Id))
            {
                case StepStatus.Succeeded:
                    return NodeResult.Done;
                case StepStatus.Failed when step.OnFailure == FailureAction.RollBack:
                    return NodeResult.Failed(step.Id, run.Progress.Find(step.Id)?.Reason ?? "It failed.");
            }

            try
            {
                interrupt.ThrowIfCancellationRequested();
                Verdict verdict = await EvaluateAsync(step, interrupt);
                run.Lease.Lost.ThrowIfLost(run.Lease);
                if (await JudgeAsync(step, verdict, mayHold, interrupt) is { } result)
                {
                    return result;
                }
            }
            catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
            {
                return NodeResult.Stopped(step.Id);
            }
        }
    }

    /// <summary>Null when the check is to be looked at again.</summary>
    private async Task<NodeResult?> JudgeAsync(CheckStep step, Verdict verdict, bool mayHold, CancellationToken interrupt)
    {
        if (verdict.Result == VerdictResult.Pass)
        {
            await run.Journal.AppendAsync(JournalEntryKind.CheckPassed, step.Id, verdict.Reason, verdict.Evidence);
            return NodeResult.Done;
        }

        FailureAction action = verdict.Result == VerdictResult.InsufficientData && step.OnFailure == FailureAction.RollBack ? FailureAction.Investigate : step.OnFailure;
        var evidence = new Dictionary<string, string>(verdict.Evidence) { [nameof(Verdict.Result)] = verdict.Result.ToString() };
        if (action == FailureAction.Note)
        {
            evidence[Detail.GoesOn] = "true";
        }

        await run.Journal.AppendAsync(JournalEntryKind.CheckFailed, step.Id, verdict.Reason, evidence);
        switch (action)
        {
            case FailureAction.Note:
                return NodeResult.Done;
            case FailureAction.RollBack:
            case FailureAction.Investigate when !mayHold:
                return NodeResult.Failed(step.Id, verdict.Reason);
            default:
                HoldDecision decision = await run.Control.HoldAsync(step.Id, $"{verdict.Reason} Resume to check again, promote to go on all the same, or abort.", interrupt);
                return decision == HoldDecision.TakeAsDone ? NodeResult.Done : null;
        }
    }

    private async Task<Verdict> EvaluateAsync(CheckStep step, CancellationToken interrupt)
    {
        using Activity? activity = DeploymentTelemetry.StartStep(run.Record, step);
        if (!run.Services.Checks.TryGetValue(step.Check, out Check? check))
        {
            return Verdict.Fail($"This build of the pipeline has no check '{step.Check}'.");
        }

        await run.Journal.AppendAsync(JournalEntryKind.CheckStarted, step.Id, step.Title);
        try
        {
            using var commands = new EffectCommands(new JournalingCommandRunner(run, step.Id), step.Id);
            CheckContext context = ContextOf(step, commands);
            return await _patience.RunAsync(() => check.EvaluateAsync(context, interrupt), interrupt);
        }
        catch (LeftBehindException)
        {
            // It changes nothing, so nobody needs to wait for it.
            run.Report(step.Id, "The check did not stop when it was told to and was left behind.");
            throw new OperationCanceledException(interrupt);
        }
        catch (Exception) when (interrupt.IsCancellationRequested && !run.IsFatal())
        {
            // However it says that it was interrupted: nothing was decided.
            throw new OperationCanceledException(interrupt);
        }
        catch (Exception error) when (!run.IsFatal())
        {
            activity?.AddException(error);
            return Verdict.Fail($"The check could not be made: {error.Message}");
        }
    }

    private CheckContext ContextOf(CheckStep step, EffectCommands commands)
    {
        DeploymentTarget? target = run.Services.Targets.Find(step.Subject.Target);
        Observation? seen = target is null ? null : run.Observations.GetValueOrDefault(target.Name);
        IReachRevisions? reach = seen is null ? null : target!.Capability<IReachRevisions>(seen);
        return new CheckContext(
            step.Subject,
            cancellationToken => reach is null ? Task.FromResult<IReadOnlyList<Uri>>([]) : reach.AddressesAsync(step.Subject.Candidate, cancellationToken),
            commands,
            run.Services.Secrets,
            run.Time,
            text => run.Report(step.Id, text),
            target,
            seen);
    }
}
