using System.Collections.Concurrent;
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
        Evidence = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
    }

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

    /// <summary>What was recorded, by name.</summary>
    public IReadOnlyDictionary<string, string> Recorded => Evidence.ToDictionary(StringComparer.Ordinal);

    /// <summary>Keeps what the outcome rests on with it in the journal, such as a file with its checksum. A name that comes again takes the place of the one before. Never pass a secret.</summary>
    /// <param name="name">What it is called, such as <c>sha256</c>.</param>
    /// <param name="value">What was seen.</param>
    public void Record(string name, string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        Evidence[name] = value;
    }

    /// <summary>Where it is recorded.</summary>
    internal ConcurrentDictionary<string, string> Evidence { get; init; }

    /// <summary>Shows progress to whoever watches the run. Not journaled; never pass a secret.</summary>
    public void Report(string progress) => _report?.Invoke(progress);
}
