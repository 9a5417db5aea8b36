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
    private readonly AbortTokens _abort = new();
    private readonly WaitsForPerson _person;
    private readonly Waiters<bool> _approvals;
    private readonly Waiters<bool> _waits;
    private readonly Waiters<HoldDecision> _holds;
    private readonly Waiters<bool> _pauses;
    private readonly HashSet<string> _withdrawing = new(StringComparer.Ordinal);
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

    /// <summary>Whether everything is done and nobody has aborted; from then on an abort comes too late.</summary>
    internal bool TryFinish()
    {
        lock (_gate)
        {
            _finished = !_aborting;
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

    /// <summary>Takes one signal from the inbox.</summary>
    internal async Task TakeAsync(NumberedSignal numbered)
    {
        SignalConsequences consequences;
        lock (_gate)
        {
            consequences = Decide(numbered);
        }

        await _journal.AppendAsync(consequences.Entries.ToArray());
        consequences.Release();
        if (consequences.Aborts)
        {
            _abort.Cancel();
        }
    }

    private SignalConsequences Decide(NumberedSignal numbered)
    {
        Signal signal = numbered.Signal;
        var consequences = new SignalConsequences();
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
            case SignalKind.Approve when !_approvals.Any && _journal.Progress.ApprovalIsOver:
                // A second click on the first gate must not open the next one, which may be the point of no return.
                detail[Detail.Ignored] = "true";
                text += ". It is ignored: nothing waits for an approval now, and only the first one may be given ahead.";
                break;
            case SignalKind.Approve when !_approvals.Any:
                detail[Detail.Ahead] = "true";
                _approvedAhead = text;
                break;
            case SignalKind.Reject when !_approvals.Any:
                detail[Detail.Ahead] = "true";
                _approvedAhead = null;
                text += ". Nothing waits for an approval now: it takes back approvals that were given ahead. Abort the run to stop it.";
                break;
            case SignalKind.Approve or SignalKind.Reject:
                bool go = signal.Kind == SignalKind.Approve;
                _approvals.EndAll(consequences, go, step => new EntryDraft(go ? JournalEntryKind.ApprovalGiven : JournalEntryKind.ApprovalRefused, step, text));
                break;
            case SignalKind.Pause:
                _paused = true;
                break;
            case SignalKind.Resume:
                EndHolds(consequences, HoldDecision.TryAgain, text);
                _paused = false;
                _pauses.EndAll(consequences, true);
                break;
            case SignalKind.Promote or SignalKind.PromoteFully:
                _waits.EndAll(consequences, true, step => new EntryDraft(JournalEntryKind.WaitEnded, step, text));
                EndHolds(consequences, HoldDecision.TakeAsDone, text);
                break;
            case SignalKind.Unreadable:
                detail[Detail.Ignored] = "true";
                text += ". It is ignored.";
                break;
            case SignalKind.Report when signal.Incident is null or IncidentKind.Other || !Enum.IsDefined(signal.Incident.Value):
                // A person decides; those who hold are told by the same signals as after a pause.
                text = $"Reported by {signal.By}: {signal.Reason}. The run is paused.";
                detail[Detail.Pauses] = "true";
                _paused = true;
                break;
            case SignalKind.Report:
                text = $"{signal.Incident} reported by {signal.By}: {signal.Reason}";
                Abort(consequences, detail, ref text);
                break;
            case SignalKind.Abort:
                Abort(consequences, detail, ref text);
                break;
        }

        consequences.Entries.Insert(0, new EntryDraft(JournalEntryKind.SignalTaken, Text: text, Detail: detail));
        return consequences;
    }

    private void Abort(SignalConsequences consequences, Dictionary<string, string> detail, ref string text)
    {
        if (_finished)
        {
            detail[Detail.Ignored] = "true";
            text += ". It comes too late: everything was done and verified. RollBackAsync goes back.";
            return;
        }

        _aborting = true;
        consequences.Aborts = true;
        // Whoever holds is interrupted by the abort; a resume that comes right after it decides nothing any more.
        _holds.Clear();
        _withdrawing.Clear();
        consequences.Entries.Add(new EntryDraft(JournalEntryKind.AbortRequested, Text: text));
    }

    private void EndHolds(SignalConsequences consequences, HoldDecision decision, string text) =>
        _holds.EndAll(consequences, decision, step =>
        {
            var detail = new Dictionary<string, string> { [Detail.Decision] = decision.ToString() };
            if (_withdrawing.Remove(step))
            {
                detail[Detail.WithdrawsAbort] = "true";
                _aborting = false;
                _abort.TakeBack();
            }

            return new EntryDraft(JournalEntryKind.HoldEnded, step, text, detail);
        });
}
