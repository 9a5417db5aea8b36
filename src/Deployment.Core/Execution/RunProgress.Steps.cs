using System.Globalization;
using Deployment.Analysis;
using Deployment.Health;
using Deployment.Store;

namespace Deployment.Execution;

// What entries say of single steps.
internal sealed partial class RunProgress
{
    private void ApplyStep(JournalEntry entry)
    {
        if (entry.Step is not { } id)
        {
            return;
        }

        if (!_steps.TryGetValue(id, out StepProgress? step))
        {
            _steps[id] = step = new StepProgress();
        }

        if (entry.Kind is JournalEntryKind.ApprovalGiven or JournalEntryKind.ApprovalRefused)
        {
            _openApprovals.Remove(id);
        }

        ApplyHold(entry, step);
        ApplyCheck(entry, step);
        ApplyAlert(entry);
        switch (entry.Kind)
        {
            case JournalEntryKind.StepStarted:
                step.Status = StepStatus.Started;
                if (_touchedSet.Add(id))
                {
                    _touched.Add(id);
                }

                break;
            case JournalEntryKind.CommandStarted:
                step.Processes.AddRange(Detail.ProcessOf(entry) is { } process ? [process] : []);
                step.Marks.UnionWith(Detail.Get(entry, Detail.Mark) is { } mark ? [mark] : []);
                break;
            case JournalEntryKind.WaitStarted or JournalEntryKind.ApprovalRequested:
                step.Status = StepStatus.Started;
                step.StartedAt = entry.At;
                AskedFor(entry.Kind, id);
                break;
            case JournalEntryKind.StepSucceeded or JournalEntryKind.CheckPassed or JournalEntryKind.WaitEnded or JournalEntryKind.ApprovalGiven:
                Succeed(step);
                step.EndedAt = entry.At;
                ApprovedAhead = Detail.Is(entry, Detail.Ahead) ? null : ApprovedAhead;
                break;
            case JournalEntryKind.CheckFailed when Detail.Is(entry, Detail.GoesOn):
                Succeed(step);
                break;
            case JournalEntryKind.CheckFailed when !Detail.Is(entry, Detail.Decided):
                // A person decides, also when another process drives the run by then.
                step.Status = StepStatus.NotStarted;
                step.Reason = entry.Text;
                step.Undecided = entry.Text;
                break;
            case JournalEntryKind.StepFailed or JournalEntryKind.CheckFailed or JournalEntryKind.ApprovalRefused:
                step.Status = StepStatus.Failed;
                step.Reason = entry.Text;
                step.LeftBehind |= Detail.Is(entry, Detail.LeftBehind);
                break;
            case JournalEntryKind.HoldEnded:
                AbortReason = Detail.Is(entry, Detail.WithdrawsAbort) ? null : AbortReason;
                step.Undecided = null;
                step.Status = Detail.Get(entry, Detail.Decision) == nameof(HoldDecision.TakeAsDone) ? StepStatus.Succeeded : StepStatus.NotStarted;
                step.EndedAt = entry.At;
                break;
        }
    }

    private static void ApplyCheck(JournalEntry entry, StepProgress step)
    {
        switch (entry.Kind)
        {
            case JournalEntryKind.CheckStarted:
                // One that a process died in goes on when it began.
                step.CheckingSince ??= entry.At;
                step.CheckedAt = entry.At;
                break;
            case JournalEntryKind.CheckPassed or JournalEntryKind.CheckFailed:
                step.CheckingSince = null;
                step.Record = Detail.Get(entry, CheckEvidence.Record);
                step.JudgedUntil = DateTimeOffset.TryParse(Detail.Get(entry, CheckEvidence.JudgedUntil), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset until) ? until : null;
                // A time of which nothing is remembered is no reason to go over it again: all the rest was judged.
                step.LackedData = Detail.Get(entry, nameof(Verdict.Result)) == nameof(VerdictResult.InsufficientData) && Detail.Get(entry, CheckEvidence.Gap) is null;
                break;
        }
    }

    /// <summary>What a notice says, or a command that looks on, changes nothing about it. The run as a whole is asked about something else each time.</summary>
    private static void ApplyHold(JournalEntry entry, StepProgress step)
    {
        if (entry.Kind is not (JournalEntryKind.Notified or JournalEntryKind.CommandStarted))
        {
            step.IsHeld = entry.Kind == JournalEntryKind.Held && (step.Status != StepStatus.NotStarted || step.CheckedAt != default);
            step.IsDecided = entry.Kind == JournalEntryKind.HoldEnded;
        }
    }

    private void ApplyAlert(JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case JournalEntryKind.CheckNoted when Detail.Get(entry, Detail.Alert) is { } noted:
                _noted.Add(noted);
                break;
            case JournalEntryKind.Notified when Detail.Get(entry, Detail.Alert) is { } told:
                _toldAlerts.Add(told);
                break;
        }
    }

    private void AskedFor(JournalEntryKind kind, string step)
    {
        if (kind == JournalEntryKind.ApprovalRequested)
        {
            _approvalAsked = true;
            _openApprovals.Add(step);
        }
    }

    private static void Succeed(StepProgress step)
    {
        step.Status = StepStatus.Succeeded;
        step.Reason = null;
        step.Undecided = null;
        step.LeftBehind = false;
        step.Processes.Clear();
    }
}
