using System.Globalization;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>
/// Hands signals to what waits for them. A signal and what it brings about are journaled as one frame, so that after a
/// crash both are there or neither.
/// </summary>
internal sealed class RunControl : IDisposable
{
    private readonly Lock _gate = new();
    private readonly RunJournal _journal;
    private readonly string _runbookHash;
    private readonly Func<RunState, string?, Task> _stateChanged;
    private CancellationTokenSource _abort = new();
    private CancellationTokenSource _nextAbort = new();
    private readonly Dictionary<string, TaskCompletionSource<bool>> _approvals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskCompletionSource<bool>> _waits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskCompletionSource<HoldDecision>> _holds = new(StringComparer.Ordinal);
    private readonly HashSet<string> _withdrawing = new(StringComparer.Ordinal);
    private readonly List<TaskCompletionSource<bool>> _pauses = [];
    private bool _paused;
    private int _standingApprovals;

    /// <param name="journal">The run's journal.</param>
    /// <param name="runbookHash">What an approval must name.</param>
    /// <param name="stateChanged">Told when the run is held, and when it goes on.</param>
    internal RunControl(RunJournal journal, string runbookHash, Func<RunState, string?, Task> stateChanged)
    {
        _journal = journal;
        _stateChanged = stateChanged;
        _runbookHash = runbookHash;
        _paused = journal.Progress.Paused;
        _standingApprovals = journal.Progress.StandingApprovals;

        if (journal.Progress.AbortReason is not null)
        {
            _abort.Cancel();
        }
    }

    /// <summary>Cancelled when the run is to go back: it ends waits and checks, and effects after their grace.</summary>
    internal CancellationToken Aborted
    {
        get
        {
            lock (_gate)
            {
                return _abort.Token;
            }
        }
    }

    /// <summary>Cancelled by the next abort signal, even when the run was aborted before.</summary>
    internal CancellationToken NextAbort
    {
        get
        {
            lock (_gate)
            {
                if (_nextAbort.IsCancellationRequested)
                {
                    _nextAbort = new CancellationTokenSource();
                }

                return _nextAbort.Token;
            }
        }
    }

    public void Dispose()
    {
        _abort.Dispose();
        _nextAbort.Dispose();
    }

    internal async Task AbortAsync(string reason)
    {
        lock (_gate)
        {
            _holds.Clear();
            _withdrawing.Clear();
        }

        await _journal.AppendAsync(JournalEntryKind.AbortRequested, text: reason);
        Cancel();
    }

    /// <summary>Returns at once unless the run is paused.</summary>
    internal Task WhilePausedAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_paused)
            {
                return Task.CompletedTask;
            }

            TaskCompletionSource<bool> waiter = NewWaiter<bool>();
            _pauses.Add(waiter);
            return CancellableAsync(waiter, cancellationToken);
        }
    }

    /// <summary>Waits for a Go/No-Go on a step whose request has been journaled.</summary>
    internal async Task<bool> ApprovalAsync(string step, CancellationToken cancellationToken)
    {
        TaskCompletionSource<bool>? answer = null;
        lock (_gate)
        {
            if (_standingApprovals > 0)
            {
                _standingApprovals--;
            }
            else
            {
                answer = Enter(_approvals, step);
            }
        }

        if (answer is not null)
        {
            return await WaitAsync(_approvals, step, answer, cancellationToken);
        }

        await _journal.AppendAsync(JournalEntryKind.ApprovalGiven, step, "Approved before it was asked.", new Dictionary<string, string> { [Detail.Standing] = "true" });
        return true;
    }

    /// <summary>Completes when a person skips the wait; the step's end has been journaled by then.</summary>
    internal Task SkippedAsync(string step, CancellationToken cancellationToken)
    {
        TaskCompletionSource<bool> skipped;
        lock (_gate)
        {
            skipped = Enter(_waits, step);
        }

        return WaitAsync(_waits, step, skipped, cancellationToken);
    }

    /// <summary>Holds the run at a step until a person decides.</summary>
    /// <param name="step">The step.</param>
    /// <param name="reason">Why, and what the person can do.</param>
    /// <param name="cancellationToken">Ends the hold without a decision.</param>
    /// <param name="withdrawsAbort">Whether going on takes back an abort that came before.</param>
    internal async Task<HoldDecision> HoldAsync(string step, string reason, CancellationToken cancellationToken, bool withdrawsAbort = false)
    {
        TaskCompletionSource<HoldDecision> decision;
        lock (_gate)
        {
            decision = Enter(_holds, step);
            if (withdrawsAbort)
            {
                _withdrawing.Add(step);
            }
        }

        await _journal.AppendAsync(JournalEntryKind.Held, step, reason);
        await _stateChanged(RunState.Held, reason);
        HoldDecision decided = await WaitAsync(_holds, step, decision, cancellationToken);
        await _stateChanged(RunState.Running, null);
        return decided;
    }

    /// <summary>Takes one signal from the inbox.</summary>
    internal async Task TakeAsync(NumberedSignal numbered)
    {
        Consequences consequences;
        lock (_gate)
        {
            consequences = Decide(numbered);
        }

        await _journal.AppendAsync(consequences.Entries.ToArray());
        consequences.Release();
        if (numbered.Signal.Kind == SignalKind.Abort)
        {
            Cancel();
        }
    }

    private void Cancel()
    {
        CancellationTokenSource abort, next;
        lock (_gate)
        {
            (abort, next) = (_abort, _nextAbort);
        }

        // Outside the lock: what is interrupted runs on here.
        abort.Cancel();
        next.Cancel();
    }

    private Consequences Decide(NumberedSignal numbered)
    {
        Signal signal = numbered.Signal;
        var consequences = new Consequences();
        var detail = new Dictionary<string, string>
        {
            [Detail.Signal] = numbered.Number.ToString(CultureInfo.InvariantCulture),
            [Detail.SignalKind] = signal.Kind.ToString(),
            [Detail.By] = signal.By,
        };
        string text = $"{signal.Kind} by {signal.By}{(signal.Reason is { } reason ? ": " + reason : "")}";
        switch (signal.Kind)
        {
            case SignalKind.Approve when signal.RunbookHash != _runbookHash:
                detail[Detail.Ignored] = "true";
                text += $". It is ignored: it approves the runbook {signal.RunbookHash ?? "(none)"}, and this is {_runbookHash}.";
                break;
            case SignalKind.Approve when _approvals.Count == 0:
                detail[Detail.Standing] = "true";
                _standingApprovals++;
                break;
            case SignalKind.Reject when _approvals.Count == 0:
                detail[Detail.Standing] = "true";
                _standingApprovals = 0;
                text += ". Nothing waits for an approval now: it takes back approvals that were given ahead. Abort the run to stop it.";
                break;
            case SignalKind.Approve or SignalKind.Reject:
                bool go = signal.Kind == SignalKind.Approve;
                EndAll(_approvals, consequences, go, step => new EntryDraft(go ? JournalEntryKind.ApprovalGiven : JournalEntryKind.ApprovalRefused, step, text));
                break;
            case SignalKind.Pause:
                _paused = true;
                break;
            case SignalKind.Resume:
                EndHolds(consequences, HoldDecision.TryAgain, text);
                EndPause(consequences);
                break;
            case SignalKind.Promote or SignalKind.PromoteFully:
                EndAll(_waits, consequences, true, step => new EntryDraft(JournalEntryKind.WaitEnded, step, text));
                EndHolds(consequences, HoldDecision.TakeAsDone, text);
                break;
            case SignalKind.Abort:
                // Whoever holds is interrupted by the abort; a resume that comes right after it decides nothing any more.
                _holds.Clear();
                _withdrawing.Clear();
                consequences.Entries.Add(new EntryDraft(JournalEntryKind.AbortRequested, Text: text));
                break;
        }

        consequences.Entries.Insert(0, new EntryDraft(JournalEntryKind.SignalTaken, Text: text, Detail: detail));
        return consequences;
    }

    private void EndHolds(Consequences consequences, HoldDecision decision, string text) =>
        EndAll(_holds, consequences, decision, step =>
        {
            var detail = new Dictionary<string, string> { [Detail.Decision] = decision.ToString() };
            if (_withdrawing.Remove(step))
            {
                detail[Detail.WithdrawsAbort] = "true";
                // A new source: an abort that comes after this decision must stand.
                _abort = _abort.IsCancellationRequested ? new CancellationTokenSource() : _abort;
            }

            return new EntryDraft(JournalEntryKind.HoldEnded, step, text, detail);
        });

    private void EndPause(Consequences consequences)
    {
        _paused = false;
        foreach (TaskCompletionSource<bool> waiter in _pauses)
        {
            consequences.Releases.Add(() => waiter.TrySetResult(true));
        }

        _pauses.Clear();
    }

    private static void EndAll<T>(Dictionary<string, TaskCompletionSource<T>> waiting, Consequences consequences, T result, Func<string, EntryDraft> entry)
    {
        foreach ((string step, TaskCompletionSource<T> waiter) in waiting)
        {
            consequences.Entries.Add(entry(step));
            consequences.Releases.Add(() => waiter.TrySetResult(result));
        }

        waiting.Clear();
    }

    private static TaskCompletionSource<T> Enter<T>(Dictionary<string, TaskCompletionSource<T>> waiting, string step) => waiting[step] = NewWaiter<T>();

    private static TaskCompletionSource<T> NewWaiter<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task<T> CancellableAsync<T>(TaskCompletionSource<T> waiter, CancellationToken cancellationToken)
    {
        // Not Task.WaitAsync: it would continue on the thread pool, behind the back of a test's virtual time.
        using CancellationTokenRegistration cancelled = cancellationToken.UnsafeRegister(_ => waiter.TrySetCanceled(cancellationToken), null);
        return await waiter.Task;
    }

    private void Leave<T>(Dictionary<string, TaskCompletionSource<T>> waiting, string step)
    {
        lock (_gate)
        {
            waiting.Remove(step);
        }
    }

    private async Task<T> WaitAsync<T>(Dictionary<string, TaskCompletionSource<T>> waiting, string step, TaskCompletionSource<T> answer, CancellationToken cancellationToken)
    {
        try
        {
            return await CancellableAsync(answer, cancellationToken);
        }
        finally
        {
            Leave(waiting, step);
        }
    }

    private sealed class Consequences
    {
        internal List<EntryDraft> Entries { get; } = [];

        internal List<Action> Releases { get; } = [];

        internal void Release() => Releases.ForEach(release => release());
    }
}
