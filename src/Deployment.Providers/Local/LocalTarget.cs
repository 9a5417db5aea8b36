using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Verbs;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Local;

/// <summary>
/// Runs releases as supervised processes of this machine, several revisions side by side, behind a router that owns the public port.
/// The processes and the router outlive the deployer. Linux; macOS is untested, Windows is refused.
/// </summary>
public sealed class LocalTarget : DeploymentTarget, IHostRevisions, ISplitTraffic, IUpdateInPlace, IReachRevisions
{
    internal const string WindowsProblem = "Local targets run on Linux (macOS is untested): they end process groups by signals and speak over Unix sockets. Windows isn't supported.";

    // A release without a folder runs in the one that the deployer was started in.
    private readonly string _currentFolder = Path.GetFullPath(".");
    private readonly LocalTargetOptions _options;
    private readonly RouterSettings _router;
    private readonly LocalOperations _local;
    private readonly InstallVerb _install;
    private readonly RemoveVerb _remove;
    private readonly RouteVerb _route;
    private readonly UpdateVerb _update;
    private readonly ClearVerb _clear;

    private LocalTarget(int port, string name, LocalTargetOptions options)
        : base(name)
    {
        Port = port;
        _options = options;
        _router = options.Router.ClientSettings();
        Host = new LocalHost(options.StateFolder);
        _local = new LocalOperations(name, new StateFolder(Host.StateFolder), options, port);
        _install = new InstallVerb(_local);
        _remove = new RemoveVerb(_local);
        _route = new RouteVerb(_local);
        _update = new UpdateVerb(_local);
        _clear = new ClearVerb(_local);
        Verbs = [_install, _remove, _route, _update, _clear];
    }

    /// <summary>The public port.</summary>
    public int Port { get; }

    /// <summary>What runs under this target's state folder: to stop it all, and to read the router's counters.</summary>
    public LocalHost Host { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Verb> Verbs { get; }

    /// <inheritdoc/>
    public TrafficLimits Limits { get; } = new(GranularityPercent: 1, MaxRevisions: 100);

    /// <summary>A target that listens on a port of 127.0.0.1.</summary>
    /// <param name="port">1 to 65535.</param>
    /// <exception cref="DeploymentValidationException">The port is none, or the default state folder can't be used.</exception>
    public static LocalTarget Listening(int port) => Listening(port, _ => { });

    /// <summary>A target that listens on a port, with options.</summary>
    /// <param name="port">1 to 65535.</param>
    /// <param name="configure">Sets the options.</param>
    /// <exception cref="DeploymentValidationException">Something can't be used; every error is reported.</exception>
    public static LocalTarget Listening(int port, Action<LocalTargetOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var given = new LocalTargetOptions();
        configure(given);
        string name = given.Name ?? $"local-{port}";
        string[] problems = [.. given.Problems(port)];
        return problems.Length > 0
            ? throw new DeploymentValidationException($"The local target '{Naming.Printable(name)}'", problems)
            : new LocalTarget(port, name, Copy(given));
    }

    /// <inheritdoc/>
    public override Task<Observation> ObserveAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(LocalObservation.Of(Name, Port, new StateFolder(Host.StateFolder), _router));
    }

    /// <inheritdoc/>
    public override string? Refuses(Artifact artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        if (OperatingSystem.IsWindows())
        {
            return WindowsProblem;
        }

        return artifact.Kind != "process"
            ? $"{Name} runs processes (Artifact.Process) and can't install the artifact kind '{Naming.Printable(artifact.Kind)}'."
            : artifact.Command.Count == 0 ? $"{Name} needs a program to run: Artifact.Process(\"dotnet\", \"Shop.dll\")." : null;
    }

    /// <inheritdoc/>
    public Operation Install(Revision revision) => _install.Of(Name, InstallArguments.Of(revision, _options, _currentFolder));

    /// <inheritdoc/>
    public Operation Remove(RevisionId revision) => _remove.Of(Name, new RemoveArguments(revision));

    /// <inheritdoc/>
    public Operation Route(TrafficSplit split) => _route.Of(Name, new RouteArguments(split));

    /// <inheritdoc/>
    public Operation Update(Revision revision) => _update.Of(Name, InstallArguments.Of(revision, _options, _currentFolder));

    /// <inheritdoc/>
    public Operation Clear(RevisionId installed) => _clear.Of(Name, new RemoveArguments(installed));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Uri>> AddressesAsync(RevisionId revision, CancellationToken cancellationToken)
    {
        Observation seen = await ObserveAsync(cancellationToken);
        return seen.Revisions.FirstOrDefault(standing => standing.Id == revision)?.Addresses
            ?? throw new DeploymentException($"{revision} doesn't stand on {Name}. Install it first.");
    }

    /// <inheritdoc/>
    public string AddressLookup(RevisionId revision)
    {
        ArgumentNullException.ThrowIfNull(revision);
        return $"ADDRESS=$({_local.Lines.Get(SupervisorPaths.Address(Name, revision.ToString()))})";
    }

    // What runs never changes underneath itself, also when the lambda kept its argument.
    private static LocalTargetOptions Copy(LocalTargetOptions given) => new()
    {
        Name = given.Name,
        StateFolder = given.StateFolder,
        Instances = given.Instances,
        StartTimeout = given.StartTimeout,
        DrainDeadline = given.DrainDeadline,
        StopGrace = given.StopGrace,
        Address = given.Address,
        Router = given.Router.Copy(),
    };
}
