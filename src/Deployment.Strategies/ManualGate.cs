namespace Deployment.Strategies;

/// <summary>A person who must let the run go on, after reading its runbook.</summary>
public sealed record ManualGate
{
    /// <summary>Who decides, by role: up to 60 characters on one line. Default <c>approver</c>.</summary>
    public string Role { get; init; } = "approver";

    /// <summary>How long it waits before it counts as refused, and the run goes back: more than zero, up to 30 days. Default null: for ever.</summary>
    public TimeSpan? Timeout { get; init; }
}
