using System.Collections.Concurrent;
using System.Diagnostics;
using Deployment.Analysis;
using Deployment.Health;
using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Telemetry;

namespace Deployment.Execution;

/// <summary>Runs checks: a pass goes on, a failure does what its rule says, and missing data never passes.</summary>
internal sealed class CheckRunner(ActiveRun run)
{
    private readonly HoldNotices _notices = new(run);
    /// <summary>After a look at what is held that could not be made, or that is a person's to decide.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly AlertNotices _alerts = new(run);

    // By target and once: a run may have ten thousand of them.
    private readonly Lazy<ILookup<string, EffectStep>> _shifts = new(() => run.Runbook.Steps.OfType<EffectStep>().Where(effect => effect.Phase == Phase.Deployment).ToLookup(effect => effect.Operation.Target, StringComparer.Ordinal));
    private readonly Lazy<ILookup<string, CheckStep>> _recordings = new(() => run.Runbook.Steps.OfType<CheckStep>().Where(step => run.Services.Checks.GetValueOrDefault(step.Check) is BaselineCheck).ToLookup(step => step.Subject.Target, StringComparer.Ordinal));
    private readonly Lazy<string[]> _resources = new(() => [.. run.Runbook.Targets.Where(target => target is { Candidate: null, Previous: null, LeftAlone: false }).Select(target => target.Target)]);
    private readonly Lazy<int> _watches = new(() => WatchCount.OfRun(run.Runbook));
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
                if (await RunOnceAsync(step, mayHold, interrupt) is { } result)
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

    /// <summary>
    /// Null when the check is to be looked at again. A watch that held the run before its process died holds it still: nobody has decided, and what
    /// it found may be over. A check that decides by itself is asked again.
    /// </summary>
    private async Task<NodeResult?> RunOnceAsync(CheckStep step, bool mayHold, CancellationToken interrupt)
    {
        if (mayHold && step is not { Duration: null, Since: null } && run.Progress.Find(step.Id)?.Undecided is { } found)
        {
            return await HoldAsync(step, found, mayHold, interrupt);
        }

        if (await EvaluateUnlessSkippedAsync(step, interrupt) is not { } verdict)
        {
            return null;
        }

        run.Lease.Lost.ThrowIfLost(run.Lease);
        return await JudgeAsync(step, verdict, mayHold, interrupt);
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
        // What decides is the engine's to say, whatever a check calls its evidence.
        evidence.Remove(Detail.Decided);
        evidence.Remove(Detail.GoesOn);
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
                return await HoldAsync(step, verdict.Reason, mayHold, interrupt);
        }
    }

    /// <summary>A person decides. Users have the release meanwhile, so that what goes back by itself is still looked for.</summary>
    private async Task<NodeResult?> HoldAsync(CheckStep step, string found, bool mayHold, CancellationToken interrupt)
    {
        string question = $"{found} Resume to check again, promote to go on all the same, {HoldNotices.WaysBack(run.Record)}.";
        using var over = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        Task<HoldDecision> hold = _notices.WhileAsync(step.Id, $"is held: {step.Title}", question, () => run.Control.HoldAsync(step.Id, question, over.Token), over.Token);
        Task<Verdict> worse = step.Duration is null ? NeverAsync(over.Token) : GuardAsync(step, over.Token);
        Task first = await Task.WhenAny(hold, worse);
        if (first == worse && worse.IsCompletedSuccessfully && !interrupt.IsCancellationRequested)
        {
            over.Cancel();
            await ((Task)hold).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            return await JudgeAsync(step, await worse, mayHold, interrupt);
        }

        HoldDecision decision = await hold;
        over.Cancel();
        await ((Task)worse).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return decision == HoldDecision.TakeAsDone ? NodeResult.Done : null;
    }

    private async Task<Verdict> NeverAsync(CancellationToken cancellationToken)
    {
        await run.Time.DelayAsync(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>Ends with the first verdict that goes back. What can't be looked at meanwhile changes nothing: a person has the run already.</summary>
    private async Task<Verdict> GuardAsync(CheckStep step, CancellationToken interrupt)
    {
        while (true)
        {
            Verdict verdict = await EvaluateAsync(step, interrupt, isHeld: true);
            if (verdict is { Result: VerdictResult.Fail, OnFailure: null or FailureAction.RollBack })
            {
                return verdict;
            }

            await run.Time.DelayAsync(LookAgain, interrupt);
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

    /// <param name="step">The check.</param>
    /// <param name="interrupt">Ends it without a decision.</param>
    /// <param name="isHeld">Whether it only looks on while a person decides about what it found.</param>
    private async Task<Verdict> EvaluateAsync(CheckStep step, CancellationToken interrupt, bool isHeld = false)
    {
        using Activity? activity = DeploymentTelemetry.StartStep(run.Record, step);
        if (!run.Services.Checks.TryGetValue(step.Check, out Check? check))
        {
            return Verdict.Fail($"This build of the pipeline has no check '{step.Check}'.");
        }

        await (isHeld ? Task.CompletedTask : run.Journal.AppendAsync(JournalEntryKind.CheckStarted, step.Id, step.Title));
        using var decided = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        ConcurrentQueue<Task> alerts = [];
        try
        {
            using var commands = new EffectCommands(new JournalingCommandRunner(run, step.Id), step.Id);
            CheckContext context = ContextOf(step, commands, isHeld, (rule, text) => alerts.Enqueue(_alerts.TellAsync(step, rule, text, decided.Token)));
            Verdict verdict = await _patience.RunAsync(() => check.EvaluateAsync(context, interrupt), interrupt);
            // What goes on is to be known; what doesn't is told by what becomes of the run. Whether it could be told changes nothing about the release.
            if (verdict.Result == VerdictResult.Pass || verdict.OnFailure == FailureAction.Note)
            {
                await Task.WhenAll(alerts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }

            return verdict;
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
            string why = $"The check could not be made: {error.Message}";
            // What users have is not known to be bad: a look comes again, and a person has what is held.
            return step.Since is not null || isHeld ? Verdict.InsufficientData(why) with { OnFailure = FailureAction.Note } : Verdict.Fail(why);
        }
        finally
        {
            decided.Cancel();
            await Task.WhenAll(alerts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private CheckContext ContextOf(CheckStep step, EffectCommands commands, bool isHeld, Action<string, string> alert)
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
            OnlyGoesBack = isHeld,
            Watches = step.Watches ?? _watches.Value,
            ShiftedAt = step.Since ?? ShiftedAt(step.Subject),
            KeepAsync = run.Services.Store.PutBlobAsync,
            NoteAsync = async (text, evidence) =>
            {
                string rule = evidence.GetValueOrDefault(CheckEvidence.Rule) ?? text;
                await run.Journal.AppendAsync(JournalEntryKind.CheckNoted, step.Id, text, new Dictionary<string, string>(evidence) { [Detail.Alert] = AlertNotices.KeyOf(step, rule) });
                alert(rule, text);
            },
            BaselineAsync = cancellationToken => RecordedAsync(step, cancellationToken),
        };
    }

    /// <summary>When users last met something else there, by the journal: a shift, a replacement, or a flag that was opened. Before any of that, now.</summary>
    private DateTimeOffset ShiftedAt(CheckSubject subject) => _resources.Value.Prepend(subject.Target)
        .SelectMany(target => _shifts.Value[target])
        .Select(effect => run.Progress.Find(effect.Id))
        .OfType<StepProgress>()
        .Where(progress => progress.Status == StepStatus.Succeeded)
        .Select(progress => progress.EndedAt)
        .DefaultIfEmpty(run.Time.GetUtcNow())
        .Max();

    /// <summary>What a step of this run recorded of the same target.</summary>
    private async Task<IReadOnlyList<WatchSeries>> RecordedAsync(CheckStep watch, CancellationToken cancellationToken)
    {
        string? hash = watch.Recorded ?? _recordings.Value[watch.Subject.Target]
            .Select(step => run.Progress.Find(step.Id)?.Record)
            .FirstOrDefault();
        return hash is null ? []
            : await run.Services.Store.GetBlobAsync(hash, cancellationToken) is { } json ? WatchRecordFile.ReadBaseline(json, hash)
            : throw new DeploymentException($"The record {hash} of the baseline is missing from the store. Restore the store from a backup.");
    }
}
