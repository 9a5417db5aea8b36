using Deployment.Store;

namespace Deployment.Execution;

/// <summary>
/// Hands signals to what waits for them. A signal and what it brings about are journaled as one frame, so that after a
/// crash both are there or neither.
/// </summary>
internal sealed partial class RunControl : IDisposable
{
    private readonly Lock _gate = new();
    private readonly RunJournal _journal;
    private readonly string _runbookHash;
    private readonly AbortTokens _abort = new();
    private readonly WaitsForPerson _person;
    private readonly Waiters<bool> _approvals;
    private readonly Waiters<bool> _waits;
    private readonly Waiters<HoldDecision> _holds;
    private readonly Waiters<bool> _pauses;
    private readonly HashSet<string> _withdrawing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskCompletionSource<HoldDecision>> _early = new(StringComparer.Ordinal);
    private bool _paused;
    private string? _approvedAhead;
    private bool _aborting;
    private bool _finished;

    /// <param name="journal">The run's journal.</param>
    /// <param name="runbookHash">What an approval must name.</param>
    /// <param name="stateChanged">Told when the run is held, and when it goes on.</param>
    internal RunControl(RunJournal journal, string runbookHash, Func<RunState, string?, Task> stateChanged)
    {
        _journal = journal;
        _runbookHash = runbookHash;
        _person = new WaitsForPerson(stateChanged);
        _approvals = new(_gate);
        _waits = new(_gate);
        _holds = new(_gate);
        _pauses = new(_gate);
        _paused = journal.Progress.Paused;
        _approvedAhead = journal.Progress.ApprovedAhead;
        if (journal.Progress.AbortReason is not null)
        {
            _aborting = true;
            _abort.Cancel();
        }
    }

    /// <summary>Cancelled when the run is to go back: it ends waits and checks, and effects after their grace.</summary>
    internal CancellationToken Aborted => _abort.Aborted;

    /// <summary>Cancelled by the next abort signal, even when the run was aborted before.</summary>
    internal CancellationToken NextAbort => _abort.Next;

    public void Dispose()
    {
        _abort.Dispose();
        _person.Dispose();
    }

    /// <summary>Whether everything is done and nobody has aborted or paused; from then on an abort or a pause comes too late.</summary>
    internal bool TryFinish()
    {
        lock (_gate)
        {
            _finished = !_aborting && !_paused;
            return _finished;
        }
    }

    internal async Task AbortAsync(string reason)
    {
        lock (_gate)
        {
            if (_finished)
            {
                return;
            }

            _aborting = true;
            _holds.Clear();
            _withdrawing.Clear();
        }

        await _journal.AppendAsync(JournalEntryKind.AbortRequested, text: reason);
        _abort.Cancel();
    }

    internal bool IsPaused
    {
        get
        {
            lock (_gate)
            {
                return _paused;
            }
        }
    }

    /// <summary>Returns at once unless the run is paused.</summary>
    /// <param name="step">What would begin.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task WhilePausedAsync(string step, CancellationToken cancellationToken)
    {
        TaskCompletionSource<bool> resumed;
        lock (_gate)
        {
            if (!_paused)
            {
                return;
            }

            resumed = _pauses.Enter(step);
        }

        await _person.WhileAsync("It is paused. Resume to go on, or abort.", () => _pauses.WaitAsync(step, resumed, cancellationToken));
    }

    /// <summary>Waits for a Go/No-Go on a step whose request has been journaled.</summary>
    /// <param name="step">The step.</param>
    /// <param name="reason">Who is asked for what.</param>
    /// <param name="cancellationToken">Ends the wait without an answer.</param>
    internal async Task<bool> ApprovalAsync(string step, string reason, CancellationToken cancellationToken)
    {
        TaskCompletionSource<bool>? answer = null;
        string? ahead;
        lock (_gate)
        {
            (ahead, _approvedAhead) = (_approvedAhead, null);
            if (ahead is null)
            {
                answer = _approvals.Enter(step);
            }
        }

        if (answer is not null)
        {
            return await _person.WhileAsync(reason, () => _approvals.WaitAsync(step, answer, cancellationToken));
        }

        await _journal.AppendAsync(JournalEntryKind.ApprovalGiven, step, ahead, new Dictionary<string, string> { [Detail.Ahead] = "true" });
        return true;
    }

    /// <summary>Completes when a person skips the wait; the step's end has been journaled by then.</summary>
    internal Task SkippedAsync(string step, CancellationToken cancellationToken)
    {
        TaskCompletionSource<bool> skipped;
        lock (_gate)
        {
            skipped = _waits.Enter(step);
        }

        return _waits.WaitAsync(step, skipped, cancellationToken);
    }

    /// <summary>Holds the run at a step until a person decides.</summary>
    /// <param name="step">The step.</param>
    /// <param name="reason">Why, and what the person can do.</param>
    /// <param name="cancellationToken">Ends the hold without a decision.</param>
    /// <param name="withdrawsAbort">Whether going on takes back an abort that came before.</param>
    internal async Task<HoldDecision> HoldAsync(string step, string reason, CancellationToken cancellationToken, bool withdrawsAbort = false)
    {
        if (await DecidedEarlierAsync(step, cancellationToken) is { } earlier)
        {
            return earlier;
        }

        TaskCompletionSource<HoldDecision> decision;
        lock (_gate)
        {
            decision = _holds.Enter(step);
            if (withdrawsAbort)
            {
                _withdrawing.Add(step);
            }
        }

        await _journal.AppendAsync(JournalEntryKind.Held, step, reason);
        return await _person.WhileAsync(reason, () => _holds.WaitAsync(step, decision, cancellationToken));
    }

    /// <summary>
    /// A person may decide while no process drives the run, or before the one that took it over holds it again. Null when that didn't happen, or something was
    /// done since: then it is another question.
    /// </summary>
    private async Task<HoldDecision?> DecidedEarlierAsync(string step, CancellationToken cancellationToken)
    {
        TaskCompletionSource<HoldDecision>? early;
        lock (_gate)
        {
            _early.Remove(step, out early);
        }

        if (early is null)
        {
            return null;
        }

        HoldDecision decision = await _holds.WaitAsync(step, early, cancellationToken);
        return _journal.Progress.Find(step) is { IsDecided: true } ? decision : null;
    }

    /// <summary>What was held by a process that died is held, also before this one has come to it.</summary>
    private void EnterOpenHolds()
    {
        foreach (string step in _journal.Progress.OpenHolds.Where(step => !_holds.Has(step)))
        {
            _early[step] = _holds.Enter(step);
        }
    }

    /// <summary>Waits until a pause is over, for who only goes on for as long as it lasts.</summary>
    /// <param name="waiter">Who waits; unlike any step's id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task<bool> ResumedAsync(string waiter, CancellationToken cancellationToken)
    {
        TaskCompletionSource<bool> resumed;
        lock (_gate)
        {
            if (!_paused)
            {
                return true;
            }

            resumed = _pauses.Enter(waiter);
        }

        return await _pauses.WaitAsync(waiter, resumed, cancellationToken);
    }
}
