using System.Globalization;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Verbs;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Providers.Local;

/// <summary>
/// Runs releases as supervised processes of this machine, several revisions side by side, behind a router that owns the public port.
/// The processes and the router outlive the deployer. Linux; macOS is untested, Windows is refused.
/// </summary>
public sealed partial class LocalTarget : DeploymentTarget, IHostRevisions, ISplitTraffic, IUpdateInPlace, IReplaceInstances, IReachRevisions, IRouteTesters, IPreviewRevisions, IMirrorTraffic
{
    internal const string WindowsProblem = "Local targets run on Linux (macOS is untested): they end process groups by signals and speak over Unix sockets. Windows isn't supported.";

    // A release without a folder runs in the one that the deployer was started in.
    private readonly string _currentFolder = Path.GetFullPath(".");
    private readonly LocalTargetOptions _options;
    private readonly LocalOperations _local;
    private readonly InstallVerb _install;
    private readonly RemoveVerb _remove;
    private readonly RouteVerb _route;
    private readonly UpdateVerb _update;
    private readonly ClearVerb _clear;
    private readonly ReplaceVerb _replace;
    private readonly VacateVerb _vacate;
    private readonly Lazy<IReadOnlyList<Prerequisite>> _prerequisites;
    private readonly MaintenanceVerb _maintenance;
    private readonly MirrorVerb _mirror;

    private LocalTarget(int port, string name, LocalTargetOptions options)
        : base(name)
    {
        Port = port;
        _options = options;
        Host = new LocalHost(options.StateFolder);
        _local = new LocalOperations(name, new StateFolder(Host.StateFolder), options, port);
        _install = new InstallVerb(_local);
        _remove = new RemoveVerb(_local);
        _route = new RouteVerb(_local);
        _update = new UpdateVerb(_local);
        _clear = new ClearVerb(_local);
        _maintenance = new MaintenanceVerb(_local);
        var slots = new SlotOperations(_local);
        _replace = new ReplaceVerb(_local, slots);
        _vacate = new VacateVerb(_local, slots);
        _mirror = new MirrorVerb(_local);
        Verbs = [_install, _remove, _route, _update, _clear, _replace, _vacate, _maintenance, _mirror];
        _prerequisites = new Lazy<IReadOnlyList<Prerequisite>>(new ByHand(_local.Folder, _local.Lines).Prerequisites);
    }

    /// <summary>The public port.</summary>
    public int Port { get; }

    /// <summary>What runs under this target's state folder: to stop it all, and to read the router's counters.</summary>
    public LocalHost Host { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Verb> Verbs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Prerequisite> Prerequisites => _prerequisites.Value;

    /// <inheritdoc/>
    public TrafficLimits Limits => new(GranularityPercent: 1, MaxRevisions: 100) { KeepsUsers = _options.StickyHeader is not null || _options.StickyCookie is not null };

    /// <summary>One for each of <see cref="LocalProcessOptions.Instances"/>, numbered from 1.</summary>
    public IReadOnlyList<string> Slots => Numbers(1);

    /// <summary>As many again, with the numbers after those.</summary>
    public IReadOnlyList<string> SurgeSlots => Numbers(1 + _options.Instances);

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
            : new LocalTarget(port, name, given.Copy<LocalTargetOptions>());
    }

    /// <summary>A target for processes without a port, such as workers of a queue: only those of the revision that has the traffic run.</summary>
    /// <param name="name">The target's name: 1 to 63 letters, digits, '.' or '-'.</param>
    /// <exception cref="DeploymentValidationException">The name is none, or the default state folder can't be used.</exception>
    public static LocalWorkers Workers(string name) => Workers(name, _ => { });

    /// <summary>A target for processes without a port, with options.</summary>
    /// <param name="name">The target's name: 1 to 63 letters, digits, '.' or '-'.</param>
    /// <param name="configure">Sets the options.</param>
    /// <exception cref="DeploymentValidationException">Something can't be used; every error is reported.</exception>
    public static LocalWorkers Workers(string name, Action<LocalWorkersOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var given = new LocalWorkersOptions();
        configure(given);
        string[] problems = [.. given.Problems(name)];
        return problems.Length > 0
            ? throw new DeploymentValidationException($"The local target '{Naming.Printable(name ?? "")}'", problems)
            : new LocalWorkers(name!, given.Copy<LocalWorkersOptions>());
    }

    /// <inheritdoc/>
    public override async Task<Observation> ObserveAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return LocalObservation.Of(Name, _local.RequestOf(TrafficSplit.None), _local.Folder, _options, await _local.PreviewedOnAsync(cancellationToken));
    }

    /// <summary>
    /// The capability; testers are let in only where <see cref="LocalTargetOptions.TesterHeader"/> or <see cref="LocalTargetOptions.TesterCookie"/>
    /// is set, and revisions previewed only where <see cref="RouterOptions.PreviewPort"/> is.
    /// </summary>
    public override T? Capability<T>(Observation seen)
        where T : class =>
        (typeof(T) == typeof(IRouteTesters) && !_local.TakesTesters) || (typeof(T) == typeof(IPreviewRevisions) && !_local.Previews) ? null : base.Capability<T>(seen);

    /// <inheritdoc/>
    public override string? Refuses(Artifact artifact) => RefusalOf(Name, artifact);

    /// <inheritdoc/>
    public Operation Install(Revision revision) => _install.Of(Name, InstallArguments.Of(revision, _options, _currentFolder));

    /// <inheritdoc/>
    public Operation Remove(RevisionId revision) => _remove.Of(Name, new RemoveArguments(revision));

    /// <inheritdoc/>
    public Operation Route(TrafficSplit split) => _route.Of(Name, new RouteArguments(split));

    /// <summary>Makes sure that the router follows the rules for testers, which came with an earlier switch or come with this one. Whom a tester asks for is in the request.</summary>
    Operation IRouteTesters.RouteTesters(RevisionId revision, TrafficSplit users) => Route(users);

    /// <inheritdoc/>
    public IReadOnlyList<string> TesterCommands(RevisionId revision)
    {
        ArgumentNullException.ThrowIfNull(revision);
        return TesterLines.Of(_options, Port, revision.ToString());
    }

    /// <summary>Where blue-green's new revision is asked before the switch: a URL of <see cref="RouterOptions.PreviewPort"/>.</summary>
    /// <exception cref="InvalidOperationException">There is no preview port.</exception>
    public Uri PreviewAddress => _local.PreviewAddress;

    /// <inheritdoc/>
    Operation IPreviewRevisions.Preview(RevisionId? revision, TrafficSplit users) => _route.Of(Name, new RouteArguments(users) { Preview = revision });

    /// <inheritdoc/>
    IReadOnlyList<string> IPreviewRevisions.PreviewCommands() => _local.PreviewLines();

    /// <inheritdoc/>
    public Operation Update(Revision revision) => _update.Of(Name, InstallArguments.Of(revision, _options, _currentFolder));

    /// <inheritdoc/>
    public Operation Clear(RevisionId installed) => _clear.Of(Name, new RemoveArguments(installed));

    /// <inheritdoc/>
    public Operation Replace(IReadOnlyList<string> slots, Revision revision) =>
        _replace.Of(Name, new ReplaceArguments(SlotOperations.Numbers(slots), InstallArguments.Of(revision, _options, _currentFolder)));

    /// <inheritdoc/>
    public Operation Vacate(IReadOnlyList<string> slots) => _vacate.Of(Name, new VacateArguments(SlotOperations.Numbers(slots)));

    /// <inheritdoc/>
    public Operation Mirror(TrafficMirror? mirror) => _mirror.Of(Name, new MirrorArguments { Mirror = mirror });

    /// <inheritdoc/>
    public Task<MirrorComparison?> CompareAsync(RevisionId revision, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(revision);
        return _local.CompareAsync(revision, cancellationToken);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> CompareCommands(RevisionId revision) => [_local.CompareLine()];

    /// <summary>Answers every request with a maintenance page from then on, whatever is routed meanwhile. For a step of one's own; by hand, see <see cref="LocalHost"/>.</summary>
    public Operation StartMaintenance(MaintenancePage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        return _maintenance.Of(Name, new MaintenanceArguments { Page = MaintenanceRequest.Of(page) });
    }

    /// <summary>Serves the revisions again after <see cref="StartMaintenance"/>.</summary>
    public Operation EndMaintenance() => _maintenance.Of(Name, new MaintenanceArguments());

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

    private string[] Numbers(int first) => [.. Enumerable.Range(first, _options.Instances).Select(number => number.ToString(CultureInfo.InvariantCulture))];

    internal static string? RefusalOf(string target, Artifact artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        if (OperatingSystem.IsWindows())
        {
            return WindowsProblem;
        }

        return artifact.Kind != "process"
            ? $"{target} runs processes (Artifact.Process) and can't install the artifact kind '{Naming.Printable(artifact.Kind)}'."
            : artifact.Command.Count == 0 ? $"{target} needs a program to run: Artifact.Process(\"dotnet\", \"Shop.dll\")." : null;
    }
}
