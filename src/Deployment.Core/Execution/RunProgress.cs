using Deployment.Store;

namespace Deployment.Execution;

/// <summary>
/// Where a run stands: the fold of its journal. The same method applies an entry when it was just written and when it is
/// read again after a crash, so that both always agree.
/// </summary>
internal sealed partial class RunProgress
{
    // Lanes read while the journal's flush applies entries.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StepProgress> _steps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RollbackProgress> _rollbacks = new(StringComparer.Ordinal);
    private readonly List<string> _touched = [];
    private readonly HashSet<string> _touchedSet = new(StringComparer.Ordinal);
    private readonly HashSet<string> _openApprovals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _noted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toldAlerts = new(StringComparer.Ordinal);
    private bool _approvalAsked;

    internal long Sequence { get; private set; }

    internal bool Started { get; private set; }

    internal string? Build { get; private set; }

    internal string? RunbookHash { get; private set; }

    internal long LastSignal { get; private set; }

    /// <summary>The first report that came when everything was done and verified; null when none did.</summary>
    internal long? LateReport { get; private set; }

    internal bool Paused { get; private set; }

    /// <summary>Whether a newer release is to take the place of this one.</summary>
    internal bool IsSuperseded { get; private set; }

    /// <summary>Whether it was to go back before anybody asked for a newer release in its place.</summary>
    internal bool WasAbortedBefore { get; private set; }

    /// <summary>Whether it ended with what it did left as it is, for a newer release.</summary>
    internal bool IsLeftStanding { get; private set; }

    /// <summary>The report for which the run is paused, in the words of its entry, and its number; null when it is for none.</summary>
    internal (string Text, long Number)? PausingReport { get; private set; }

    internal bool PromotedFully { get; private set; }

    /// <summary>Who approved before anybody waited for it, in the words of the signal; null when nobody did, or it was used.</summary>
    internal string? ApprovedAhead { get; private set; }

    /// <summary>Whether an approval was asked for, and all of those were answered.</summary>
    internal bool ApprovalIsOver
    {
        get
        {
            lock (_gate)
            {
                return _approvalAsked && _openApprovals.Count == 0;
            }
        }
    }

    /// <summary>The alerts that watches noted, as they are known by (<see cref="AlertNotices.KeyOf"/>).</summary>
    internal IReadOnlySet<string> NotedAlerts
    {
        get
        {
            lock (_gate)
            {
                return _noted.ToHashSet(StringComparer.Ordinal);
            }
        }
    }

    /// <summary>Those of them of which a person was told.</summary>
    internal IReadOnlySet<string> ToldAlerts
    {
        get
        {
            lock (_gate)
            {
                return _toldAlerts.ToHashSet(StringComparer.Ordinal);
            }
        }
    }

    /// <summary>The steps that were held when something was last journaled of them: nobody has decided, whichever process asked.</summary>
    internal IReadOnlyList<string> OpenHolds
    {
        get
        {
            lock (_gate)
            {
                return AbortReason is null ? [.. _steps.Where(step => step.Value.IsHeld).Select(step => step.Key)] : [];
            }
        }
    }

    internal string? AbortReason { get; private set; }

    internal DeploymentOutcome? Outcome { get; private set; }

    internal string? OutcomeReason { get; private set; }

    internal DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Effect steps that were begun, in that order. What happened, half happened or perhaps happened.</summary>
    internal IReadOnlyList<string> Touched
    {
        get
        {
            lock (_gate)
            {
                return [.. _touched];
            }
        }
    }

    internal IReadOnlyDictionary<string, RollbackProgress> Rollbacks
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, RollbackProgress>(_rollbacks, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>Steps that were begun and whose processes may still run.</summary>
    internal IReadOnlyList<KeyValuePair<string, StepProgress>> Unfinished
    {
        get
        {
            lock (_gate)
            {
                return [.. _steps.Where(step => step.Value.Status == StepStatus.Started || step.Value.LeftBehind || (step.Value.Status == StepStatus.NotStarted && step.Value.Processes.Count > 0))];
            }
        }
    }

    internal StepProgress? Find(string step)
    {
        lock (_gate)
        {
            return _steps.GetValueOrDefault(step);
        }
    }

    internal StepStatus StatusOf(string step) => Find(step)?.Status ?? StepStatus.NotStarted;

    internal RollbackProgress? RollbackOf(string scope)
    {
        lock (_gate)
        {
            return _rollbacks.GetValueOrDefault(scope);
        }
    }

    internal void Apply(JournalEntry entry)
    {
        lock (_gate)
        {
            ApplyLocked(entry);
        }
    }

    private void ApplyLocked(JournalEntry entry)
    {
        Sequence = entry.Sequence;
        switch (entry.Kind)
        {
            case JournalEntryKind.RunStarted:
                Started = true;
                Build = Detail.Get(entry, Detail.Build);
                RunbookHash = Detail.Get(entry, Detail.Runbook);
                break;
            case JournalEntryKind.AbortRequested:
                AbortReason ??= entry.Text ?? "";
                break;
            case JournalEntryKind.SignalTaken:
                ApplySignal(entry);
                break;
            case JournalEntryKind.RollbackStarted:
                _rollbacks[entry.Step ?? ""] = new RollbackProgress { Reason = entry.Text ?? "", PlanHash = Detail.Get(entry, Detail.Plan) ?? "", StartedAt = entry.At, LeftBehind = Detail.List(entry, Detail.LeftBehind) };
                break;
            case JournalEntryKind.RollbackEnded when _rollbacks.TryGetValue(entry.Step ?? "", out RollbackProgress? rollback):
                rollback.Ended = true;
                rollback.Clean = Detail.Is(entry, Detail.Clean);
                rollback.Problems = entry.Text;
                break;
            case JournalEntryKind.RunEnded:
                Outcome = Enum.TryParse(Detail.Get(entry, Detail.Outcome), out DeploymentOutcome outcome) ? outcome : DeploymentOutcome.NeedsAttention;
                OutcomeReason = Outcome == DeploymentOutcome.Succeeded ? null : entry.Text;
                EndedAt = entry.At;
                IsLeftStanding = Detail.Is(entry, Detail.Superseded);
                break;
            case JournalEntryKind.Notified when entry.Step is null:
                ApplyAlert(entry);
                break;
            default:
                ApplyStep(entry);
                break;
        }
    }

    private void ApplySignal(JournalEntry entry)
    {
        LastSignal = Math.Max(LastSignal, Detail.Number(entry, Detail.Signal));
        if (Detail.Is(entry, Detail.Ignored) && Detail.Get(entry, Detail.SignalKind) == nameof(SignalKind.Report))
        {
            LateReport ??= Detail.Number(entry, Detail.Signal);
        }

        if (Detail.Is(entry, Detail.Ignored) || !Enum.TryParse(Detail.Get(entry, Detail.SignalKind), out SignalKind kind))
        {
            return;
        }

        switch (kind)
        {
            case SignalKind.Pause:
                Paused = true;
                break;
            case SignalKind.Report when Detail.Is(entry, Detail.Pauses):
                Paused = true;
                PausingReport = (entry.Text ?? "", LastSignal);
                break;
            case SignalKind.Resume:
                Paused = false;
                PausingReport = null;
                break;
            case SignalKind.PromoteFully:
                PromotedFully = true;
                break;
            case SignalKind.Supersede:
                WasAbortedBefore |= !IsSuperseded && AbortReason is not null;
                IsSuperseded = true;
                break;
            case SignalKind.Approve when Detail.Is(entry, Detail.Ahead):
                ApprovedAhead = entry.Text ?? "";
                break;
            case SignalKind.Reject when Detail.Is(entry, Detail.Ahead):
                ApprovedAhead = null;
                break;
        }
    }
}
