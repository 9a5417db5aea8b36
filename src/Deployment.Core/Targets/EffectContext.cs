using Deployment.Commands;
using Deployment.Secrets;

namespace Deployment.Targets;

/// <summary>What a verb may use while it runs.</summary>
public sealed class EffectContext
{
    /// <summary>Creates a context, for tests of verbs; the engine makes its own.</summary>
    public EffectContext(string runId, string stepId, long epoch, ICommandRunner commands, ISecretStore secrets, TimeProvider timeProvider, Action<string>? report = null)
    {
        RunId = runId;
        StepId = stepId;
        Epoch = epoch;
        Commands = commands;
        Secrets = secrets;
        TimeProvider = timeProvider;
        _report = report;
    }

    private const int LongestKept = 4096;
    private readonly Action<string>? _report;

    /// <summary>The run.</summary>
    public string RunId { get; }

    /// <summary>The step; together with the run an idempotency key for systems that take one.</summary>
    public string StepId { get; }

    /// <summary>
    /// The fencing epoch of the process that drives the run. It only grows, across runs too: hand it to whatever can refuse an older one.
    /// </summary>
    public long Epoch { get; }

    /// <summary>Runs command-line tools; what it starts is journaled, so that a taker of the run can end it.</summary>
    public ICommandRunner Commands { get; }

    /// <summary>Resolves the secrets that the arguments name.</summary>
    public ISecretStore Secrets { get; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>What was kept of this attempt; null when nothing was.</summary>
    internal string? Kept { get; private set; }

    /// <summary>Keeps a text, such as what a command printed, in the journal with the step's success; the last 4,096 characters of the last one. Never pass a secret.</summary>
    public void Keep(string evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        Kept = evidence.Length > LongestKept ? evidence[^LongestKept..] : evidence;
    }

    /// <summary>Shows progress to whoever watches the run. Not journaled; never pass a secret.</summary>
    public void Report(string progress) => _report?.Invoke(progress);
}
