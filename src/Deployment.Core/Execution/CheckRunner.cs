using System.Diagnostics;
using System.Text.Json;
using Deployment.Analysis;
using Deployment.Health;
using Deployment.Json;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Telemetry;

namespace Deployment.Execution;

/// <summary>Runs checks: a pass goes on, a failure does what its rule says, and missing data never passes.</summary>
internal sealed class CheckRunner(ActiveRun run)
{
    private readonly HoldNotices _notices = new(run);
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
                case StepStatus.Failed:
                    return NodeResult.Failed(step.Id, run.Progress.Find(step.Id)?.Reason ?? "It failed.");
            }

            try
            {
                interrupt.ThrowIfCancellationRequested();
                if (await EvaluateUnlessSkippedAsync(step, interrupt) is not { } verdict)
                {
                    continue;
                }

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

        FailureAction action = verdict.OnFailure
            ?? (verdict.Result == VerdictResult.InsufficientData && step.OnFailure == FailureAction.RollBack ? FailureAction.Investigate : step.OnFailure);
        var evidence = new Dictionary<string, string>(verdict.Evidence) { [nameof(Verdict.Result)] = verdict.Result.ToString() };
        if (action == FailureAction.RollBack)
        {
            evidence[Detail.Decided] = "true";
        }

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
                string question = $"{verdict.Reason} Resume to check again, promote to go on all the same, or abort.";
                HoldDecision decision = await _notices.WhileAsync(step, question, () => run.Control.HoldAsync(step.Id, question, interrupt), interrupt);
                return decision == HoldDecision.TakeAsDone ? NodeResult.Done : null;
        }
    }

    /// <summary>Null where a person skipped the rest of a watch, which is journaled by then.</summary>
    private async Task<Verdict?> EvaluateUnlessSkippedAsync(CheckStep step, CancellationToken interrupt)
    {
        if (step.Duration is null)
        {
            return await EvaluateAsync(step, interrupt);
        }

        if (run.Progress.PromotedFully)
        {
            await run.Journal.AppendAsync(JournalEntryKind.WaitEnded, step.Id, "Skipped: the run was promoted fully.");
            return null;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        Task skipped = run.Control.SkippedAsync(step.Id, over.Token);
        Task<Verdict> verdict = EvaluateAsync(step, over.Token);
        bool isSkipped = await Task.WhenAny(skipped, verdict) == skipped && !interrupt.IsCancellationRequested;
        over.Cancel();
        await skipped.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (!isSkipped)
        {
            return await verdict;
        }

        await ((Task)verdict).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return null;
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
            seen)
        {
            Duration = step.Duration,
            StartedAt = run.Progress.Find(step.Id)?.CheckingSince ?? run.Time.GetUtcNow(),
            LooksBack = step.Since is not null,
            ShiftedAt = step.Since ?? ShiftedAt(step.Subject),
            KeepAsync = run.Services.Store.PutBlobAsync,
            NoteAsync = (text, evidence) => run.Journal.AppendAsync(JournalEntryKind.CheckNoted, step.Id, text, evidence),
            BaselineAsync = cancellationToken => RecordedAsync(step, cancellationToken),
        };
    }

    /// <summary>When users last met something else there, by the journal: a shift, a replacement, or a flag that was opened. Before any of that, now.</summary>
    private DateTimeOffset ShiftedAt(CheckSubject subject)
    {
        HashSet<string> others = [.. run.Runbook.Targets.Where(target => target.Candidate is not null && target.Target != subject.Target).Select(target => target.Target)];
        return run.Runbook.Steps.OfType<EffectStep>()
            .Where(effect => effect.Phase == Phase.Deployment && !others.Contains(effect.Operation.Target))
            .Select(effect => run.Progress.Find(effect.Id))
            .OfType<StepProgress>()
            .Where(progress => progress.Status == StepStatus.Succeeded)
            .Select(progress => progress.EndedAt)
            .DefaultIfEmpty(run.Time.GetUtcNow())
            .Max();
    }

    /// <summary>What a step of this run recorded of the same target.</summary>
    private async Task<IReadOnlyList<WatchSeries>> RecordedAsync(CheckStep watch, CancellationToken cancellationToken)
    {
        string? hash = watch.Recorded ?? run.Runbook.Steps.OfType<CheckStep>()
            .Where(step => step.Subject.Target == watch.Subject.Target && run.Services.Checks.GetValueOrDefault(step.Check) is BaselineCheck)
            .Select(step => run.Progress.Find(step.Id)?.Record)
            .FirstOrDefault();
        return hash is not null && await run.Services.Store.GetBlobAsync(hash, cancellationToken) is { } json
            ? JsonSerializer.Deserialize(json.Span, CoreJson.Default.WatchSeriesArray)!
            : [];
    }
}
