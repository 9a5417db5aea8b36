using Deployment.Commands;
using Deployment.Notifications;
using Deployment.Secrets;
using Deployment.Store;
using Microsoft.Extensions.Logging;

namespace Deployment;

// What the host lends the pipeline: store, clock, logging, commands, secrets. What is deployed how is in the other file.
public sealed partial class DeploymentPipelineBuilder
{
    private EngineOptions _engine = new();
    private bool _lent;

    internal IDeploymentStore? Store { get; private set; }

    internal TimeProvider Time { get; private set; } = TimeProvider.System;

    internal ILoggerFactory? LoggerFactory { get; private set; }

    internal ICommandRunner? Commands { get; private set; }

    internal ISecretStore Secrets { get; private set; } = new EnvironmentSecretStore();

    internal Random Random { get; private set; } = new();

    internal IProgress<JournalEntry>? Progress { get; private set; }

    internal INotifier? Notifier { get; private set; }

    internal string? BuildOverride { get; set; }

    internal EngineOptions Engine => _engine;

    /// <summary>Where runs are kept. Default a <see cref="FileDeploymentStore"/> in <see cref="FileDeploymentStore.DefaultFolder"/>.</summary>
    public DeploymentPipelineBuilder UseStore(IDeploymentStore store)
    {
        Store = store;
        _lent = true;
        return this;
    }

    /// <summary>The clock; default the system's.</summary>
    public DeploymentPipelineBuilder UseTimeProvider(TimeProvider timeProvider)
    {
        Time = timeProvider;
        _lent = true;
        return this;
    }

    /// <summary>Where to log; default nowhere.</summary>
    public DeploymentPipelineBuilder UseLogging(ILoggerFactory loggerFactory)
    {
        LoggerFactory = loggerFactory;
        _lent = true;
        return this;
    }

    /// <summary>What runs command-line tools; default a <see cref="CommandRunner"/>.</summary>
    public DeploymentPipelineBuilder UseCommands(ICommandRunner commands)
    {
        Commands = commands;
        _lent = true;
        return this;
    }

    /// <summary>Where secrets come from; default environment variables.</summary>
    public DeploymentPipelineBuilder UseSecrets(ISecretStore secrets)
    {
        Secrets = secrets;
        _lent = true;
        return this;
    }

    /// <summary>The source of randomness, for run ids and jitter.</summary>
    public DeploymentPipelineBuilder UseRandom(Random random)
    {
        Random = random;
        _lent = true;
        return this;
    }

    /// <summary>Shows each journal entry as soon as it is durable.</summary>
    public DeploymentPipelineBuilder ReportTo(IProgress<JournalEntry> progress)
    {
        Progress = progress;
        _lent = true;
        return this;
    }

    /// <summary>
    /// Tells the rollback owner when what was found holds a run, or was reported and pauses it, and after <see cref="EngineOptions.EscalateAfter"/> the backup owner; see <see cref="Role"/>.
    /// What a watch only notes is told to the rollback owner too, once a run for each rule. Default nobody.
    /// </summary>
    public DeploymentPipelineBuilder Notify(INotifier notifier)
    {
        Notifier = notifier;
        _lent = true;
        return this;
    }

    /// <summary>Sets how the engine drives runs.</summary>
    public DeploymentPipelineBuilder ConfigureEngine(Action<EngineOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(_engine);
        _lent = true;
        return this;
    }

    internal DeploymentPipelineBuilder UseEngine(EngineOptions options)
    {
        _engine = options.Copy();
        return this;
    }
}
