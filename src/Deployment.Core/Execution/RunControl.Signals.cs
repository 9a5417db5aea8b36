using System.Globalization;
using Deployment.Store;

namespace Deployment.Execution;

// What each signal brings about.
internal sealed partial class RunControl
{
    /// <summary>Takes one signal from the inbox.</summary>
    /// <returns>What was reported, where that pauses the run; else null.</returns>
    internal async Task<string?> TakeAsync(NumberedSignal numbered)
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

        return consequences.Reported;
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
        if (signal.Kind is SignalKind.Resume or SignalKind.Promote or SignalKind.PromoteFully)
        {
            EnterOpenHolds();
        }

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
            case SignalKind.Pause when _finished:
                TooLate(detail, ref text);
                break;
            case SignalKind.Pause:
                _paused = true;
                break;
            case SignalKind.Resume:
                EndHolds(consequences, HoldDecision.TryAgain, text);
                _paused = false;
                _pauses.EndAll(consequences, true);
                break;
            case SignalKind.Promote when _holds.Any:
                // What was found there is decided by it, and nothing else: others are watched on.
                EndHolds(consequences, HoldDecision.TakeAsDone, text);
                break;
            case SignalKind.Promote or SignalKind.PromoteFully:
                _waits.EndAll(consequences, true, step => new EntryDraft(JournalEntryKind.WaitEnded, step, text));
                EndHolds(consequences, HoldDecision.TakeAsDone, text);
                break;
            case SignalKind.Unreadable:
                detail[Detail.Ignored] = "true";
                text += ". It is ignored.";
                break;
            case SignalKind.Report when _finished:
                text = $"{signal.Incident} reported by {signal.By}: {signal.Reason}";
                TooLate(detail, ref text);
                break;
            case SignalKind.Report when signal.Incident is null or IncidentKind.Other || !Enum.IsDefined(signal.Incident.Value):
                // A person decides; those who hold are told by the same signals as after a pause.
                text = $"Reported by {signal.By}: {signal.Reason}. The run is paused.";
                detail[Detail.Pauses] = "true";
                consequences.Reported = text;
                _paused = true;
                break;
            case SignalKind.Report:
                text = $"{signal.Incident} reported by {signal.By}: {signal.Reason}";
                Abort(consequences, detail, ref text);
                break;
            case SignalKind.Abort or SignalKind.Supersede:
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
            TooLate(detail, ref text);
            return;
        }

        _aborting = true;
        consequences.Aborts = true;
        // Whoever holds is interrupted by the abort; a resume that comes right after it decides nothing any more.
        _holds.Clear();
        _withdrawing.Clear();
        consequences.Entries.Add(new EntryDraft(JournalEntryKind.AbortRequested, Text: text));
    }

    private static void TooLate(Dictionary<string, string> detail, ref string text)
    {
        detail[Detail.Ignored] = "true";
        text += ". It comes too late: everything was done and verified. RollBackAsync goes back.";
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
