using Deployment.Releases;

namespace Deployment;

/// <summary>
/// What one run does otherwise than its environment's policy says, with the reason. It belongs to the run: it is in its runbook, which is hashed
/// and approved, and in its log.
/// </summary>
public sealed record RunOverrides
{
    private readonly string? _hotfix;
    private readonly string? _rolledBack;

    /// <summary>Why it is a hotfix, see <see cref="Hotfix"/>; null when it is none. 1 to 120 characters on one line.</summary>
    /// <exception cref="DeploymentException">The reason can't be used.</exception>
    public string? HotfixReason { get => _hotfix; init => _hotfix = value is null ? null : Title.Check("reason", value); }

    /// <summary>Why a release comes again that was rolled back, see <see cref="AllowRolledBack"/>; null when it must not. 1 to 120 characters on one line.</summary>
    /// <exception cref="DeploymentException">The reason can't be used.</exception>
    public string? RolledBackReason { get => _rolledBack; init => _rolledBack = value is null ? null : Title.Check("reason", value); }

    /// <summary>
    /// An emergency: only critical checks, no earlier environment, no window, canaries in two shares, and every wait a tenth as long. Approvals stay,
    /// unless the policy says otherwise. All that is left out is named in the runbook and in the log. It doesn't count as having passed the environment.
    /// </summary>
    /// <param name="reason">Why: 1 to 120 characters on one line.</param>
    public static RunOverrides Hotfix(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return new() { HotfixReason = reason };
    }

    /// <summary>Brings a release although it was rolled back in this environment. It does nothing where it was not.</summary>
    /// <param name="reason">Why: 1 to 120 characters on one line.</param>
    public static RunOverrides AllowRolledBack(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return new() { RolledBackReason = reason };
    }
}
