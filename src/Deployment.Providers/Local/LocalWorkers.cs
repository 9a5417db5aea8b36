using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Verbs;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Providers.Local;

/// <summary>
/// Runs releases without a port, such as workers of a queue, as supervised processes of this machine. Their work is their traffic: the
/// revision that has 100% runs, and every other that is installed doesn't. Make one with <see cref="LocalTarget.Workers(string)"/>.
/// </summary>
public sealed class LocalWorkers : DeploymentTarget, IHostRevisions, ISplitTraffic, IUpdateInPlace
{
    private readonly string _currentFolder = Path.GetFullPath(".");
    private readonly LocalWorkersOptions _options;
    private readonly LocalOperations _local;
    private readonly InstallVerb _install;
    private readonly RemoveVerb _remove;
    private readonly DutyVerb _duty;
    private readonly WorkersUpdateVerb _update;
    private readonly WorkersClearVerb _clear;
    private readonly Lazy<IReadOnlyList<Prerequisite>> _prerequisites;

    internal LocalWorkers(string name, LocalWorkersOptions options)
        : base(name)
    {
        _options = options;
        Host = new LocalHost(options.StateFolder);
        _local = new LocalOperations(name, new StateFolder(Host.StateFolder), new LocalTargetOptions(), 0);
        _install = new InstallVerb(_local);
        _remove = new RemoveVerb(_local);
        _duty = new DutyVerb(_local);
        _update = new WorkersUpdateVerb(_local);
        _clear = new WorkersClearVerb(_local);
        Verbs = [_install, _remove, _duty, _update, _clear];
        _prerequisites = new Lazy<IReadOnlyList<Prerequisite>>(new ByHand(_local.Folder, _local.Lines).Prerequisites);
    }

    /// <summary>What runs under this target's state folder.</summary>
    public LocalHost Host { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Verb> Verbs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Prerequisite> Prerequisites => _prerequisites.Value;

    /// <inheritdoc/>
    public TrafficLimits Limits { get; } = new(GranularityPercent: 100, MaxRevisions: 1);

    /// <inheritdoc/>
    public override Task<Observation> ObserveAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(LocalObservation.Of(Name, _local.RequestOf(TrafficSplit.None), new StateFolder(Host.StateFolder), _options));
    }

    /// <inheritdoc/>
    public override string? Refuses(Artifact artifact) => LocalTarget.RefusalOf(Name, artifact);

    /// <inheritdoc/>
    public Operation Install(Revision revision) => _install.Of(Name, InstallArguments.Of(revision, _options, _currentFolder));

    /// <inheritdoc/>
    public Operation Remove(RevisionId revision) => _remove.Of(Name, new RemoveArguments(revision));

    /// <summary>Has the workers of the revision with 100% run, and no others.</summary>
    /// <exception cref="DeploymentException">More than one revision has a share.</exception>
    public Operation Route(TrafficSplit split)
    {
        ArgumentNullException.ThrowIfNull(split);
        return split.Shares.Count > 1
            ? throw new DeploymentException($"{Name} runs the workers of one revision and can't split their work as {split}.")
            : _duty.Of(Name, new DutyArguments(split.IsEmpty ? null : split.Shares[0].Key));
    }

    /// <inheritdoc/>
    public Operation Update(Revision revision) => _update.Of(Name, InstallArguments.Of(revision, _options, _currentFolder));

    /// <inheritdoc/>
    public Operation Clear(RevisionId installed) => _clear.Of(Name, new RemoveArguments(installed));
}
