using Deployment.Releases;

namespace Deployment.Store;

/// <summary>A message to a run.</summary>
public sealed record Signal
{
    private readonly string _by = "";
    private readonly string? _reason;

    /// <summary>What is asked.</summary>
    public required SignalKind Kind { get; init; }

    /// <summary>Who asks: 1 to 120 characters on one line.</summary>
    public required string By { get => _by; init => _by = Title.Check("person", value); }

    /// <summary>Why; at most 120 characters on one line.</summary>
    public string? Reason { get => _reason; init => _reason = value is null ? null : Title.Check("reason", value); }

    /// <summary>For an approval: the hash of the runbook that was read.</summary>
    public string? RunbookHash { get; init; }

    /// <summary>For a report: what was found.</summary>
    public IncidentKind? Incident { get; init; }

    /// <summary>Approves the runbook with that hash, and no other.</summary>
    public static Signal Approve(string by, string runbookHash) => new() { Kind = SignalKind.Approve, By = by, RunbookHash = runbookHash };

    /// <summary>Refuses an approval.</summary>
    public static Signal Reject(string by, string? reason = null) => new() { Kind = SignalKind.Reject, By = by, Reason = reason };

    /// <summary>Starts nothing more until resumed.</summary>
    public static Signal Pause(string by, string? reason = null) => new() { Kind = SignalKind.Pause, By = by, Reason = reason };

    /// <summary>Goes on after a pause, or tries again after a hold.</summary>
    public static Signal Resume(string by) => new() { Kind = SignalKind.Resume, By = by };

    /// <summary>Takes what the run is held by as done; skips the present waits and watches where it isn't held.</summary>
    public static Signal Promote(string by) => new() { Kind = SignalKind.Promote, By = by };

    /// <summary>Skips the present waits and watches and all later ones, and takes what the run is held by as done.</summary>
    public static Signal PromoteFully(string by) => new() { Kind = SignalKind.PromoteFully, By = by };

    /// <summary>Says that something is wrong with the release.</summary>
    /// <param name="by">Who found it.</param>
    /// <param name="incident">What it is.</param>
    /// <param name="evidence">What it rests on, such as where it can be looked at: 1 to 120 characters on one line.</param>
    public static Signal Report(string by, IncidentKind incident, string evidence) => new() { Kind = SignalKind.Report, By = by, Incident = incident, Reason = evidence };

    /// <summary>Stops for a newer release.</summary>
    internal static Signal Supersede(string by, string reason) => new() { Kind = SignalKind.Supersede, By = by, Reason = reason };

    /// <summary>Stops and goes back.</summary>
    public static Signal Abort(string by, string? reason = null) => new() { Kind = SignalKind.Abort, By = by, Reason = reason };
}
