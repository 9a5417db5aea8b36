namespace Deployment.Environments;

/// <summary>
/// What an environment asks of every deployment. It is a part of the pipeline, so nobody goes round it by calling that pipeline directly. Going
/// back is never held up by it: users wait for that.
/// </summary>
public sealed record EnvironmentPolicy
{
    /// <summary>Anything goes.</summary>
    public static EnvironmentPolicy Development { get; } = new();

    /// <summary>After development, with checks called <c>integration</c> and <c>performance</c>.</summary>
    public static EnvironmentPolicy Staging { get; } = new() { After = ["development"], RequiredChecks = ["integration", "performance"] };

    /// <summary>
    /// Environments that the same artifacts must have passed before: their latest deployment there was a success, was no hotfix, and was not gone
    /// back from. Artifacts are the same by digest (<see cref="Releases.Release.Digest"/>); the application and the store are the same, too.
    /// Default none.
    /// </summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>Whether only releases with a <see cref="Releases.Release.Tag"/> are taken. Default false. A hotfix needs one as well.</summary>
    public bool TaggedOnly { get; init; }

    /// <summary>Who must approve before anything begins, by role: 1 to 120 characters on one line. Default null: nobody.</summary>
    public string? ApprovalBy { get; init; }

    /// <summary>How long that approval waits before it counts as refused; more than zero. Default null: for ever.</summary>
    public TimeSpan? ApprovalTimeout { get; init; }

    /// <summary>Whether a hotfix waits for that approval as well. Default true.</summary>
    public bool ApprovesHotfixes { get; init; } = true;

    /// <summary>When a deployment may begin: while any of these is open. Outside of them the run waits before it changes anything. Default none: at any time.</summary>
    public IReadOnlyList<DeploymentWindow> Windows { get; init; } = [];

    /// <summary>Names of checks that the pipeline must have, and that must be able to stop a run: none that is only noted. Default none.</summary>
    public IReadOnlyList<string> RequiredChecks { get; init; } = [];

    /// <summary>After staging, tagged releases only, approved by an <c>approver</c>, and begun in a window.</summary>
    /// <param name="window">When deployments may begin; <see cref="Windows"/> takes more than one.</param>
    public static EnvironmentPolicy Production(DeploymentWindow window)
    {
        ArgumentNullException.ThrowIfNull(window);
        return new() { After = ["staging"], TaggedOnly = true, ApprovalBy = "approver", Windows = [window] };
    }

    /// <summary>What it asks, each a sentence: a runbook bears them, and is refused where they are others.</summary>
    internal IReadOnlyList<string> Sentences() =>
    [
        .. After.Select(before => $"It takes only artifacts that passed {before}, by digest."),
        .. TaggedOnly ? ["It takes only tagged releases."] : Array.Empty<string>(),
        .. RequiredChecks.Select(check => $"It requires the check '{check}'."),
        .. ApprovalBy is { } role ? [$"{role} approves{(ApprovalTimeout is { } timeout ? $" within {Reports.Duration.Of(timeout)}" : "")}{(ApprovesHotfixes ? "" : ", but not hotfixes")}."] : Array.Empty<string>(),
        .. Windows.Count > 0 ? [$"A run begins only {DeploymentWindow.Words(Windows)}."] : Array.Empty<string>(),
    ];

    internal EnvironmentPolicy Copy() => this with { After = [.. After ?? []], RequiredChecks = [.. RequiredChecks ?? []], Windows = [.. (Windows ?? []).Select(window => window?.Copy()!)] };
}
