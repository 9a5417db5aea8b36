using System.Globalization;
using System.Text;
using Deployment.Commands;
using Deployment.Providers.HAProxy.Files;
using Deployment.Providers.HAProxy.Runtime;
using Deployment.Providers.HAProxy.Sites;
using Deployment.Providers.HAProxy.Switching;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Providers.HAProxy;

/// <summary>
/// HAProxy 2.4 or later as the router of one application: it is steered by its runtime API, and what it follows is in files from which it comes back
/// after a reload or a restart. It is a source of metrics as well.
/// </summary>
public sealed partial class HAProxyRouter : ITrafficRouter
{
    private readonly HAProxyOptions _options;
    private readonly SitePaths _paths;
    private readonly SiteRuntime _runtime;
    private readonly SiteFiles _files;
    private readonly HandLines _lines;

    private HAProxyRouter(RuntimeAddress address, HAProxyOptions options)
    {
        _options = options;
        _paths = new SitePaths(options.Folder, options.Site);
        _runtime = new SiteRuntime(new RuntimeClient(address, options.AnswerTimeout, options.TimeProvider), options.Site, _paths);
        _files = new SiteFiles(options, address, _paths);
        _lines = new HandLines(options, _paths, address);
    }

    /// <inheritdoc/>
    public string Name => $"HAProxy ({_options.Site})";

    /// <inheritdoc/>
    public TrafficLimits Limits => new(1, _options.Lanes - 1) { KeepsUsers = _options.StickyHeader is not null || _options.StickyCookie is not null };

    /// <inheritdoc/>
    public int MaxInstances => _options.InstancesPerLane;

    /// <inheritdoc/>
    public IReadOnlyList<Prerequisite> Prerequisites => _lines.Prerequisites;

    /// <inheritdoc/>
    public bool TakesTesters => _options.TesterHeader is not null || _options.TesterCookie is not null;

    /// <inheritdoc/>
    public Uri? PreviewAddress => _options.PreviewBind is { } preview ? BindAddress.TryParse(preview)!.Address(_options.Certificate is not null) : null;

    /// <summary>A router that steers the HAProxy whose <c>stats socket</c> is at an address.</summary>
    /// <param name="address"><c>unix:/run/haproxy/admin.sock</c>, or <c>tcp:HOST:PORT</c> where nobody else reaches that port: the API asks for no password.</param>
    /// <param name="configure">Says what is served; the site must be named.</param>
    /// <exception cref="DeploymentValidationException">Something of it can't be used; all errors are reported together.</exception>
    public static HAProxyRouter At(string address, Action<HAProxyOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(configure);
        var given = new HAProxyOptions();
        configure(given);
        HAProxyOptions options = given.Copy();
        RuntimeAddress? parsed = RuntimeAddress.TryParse(address);
        string[] problems =
        [
            .. parsed is null ? [$"The address '{Text.Printable(address)}' can't be asked: take unix:/PATH, absolute and at most 103 bytes of letters, digits, '.', '_', '+' and '-', or tcp:HOST:PORT."] : Array.Empty<string>(),
            .. options.Problems(),
        ];
        return problems.Length > 0
            ? throw new DeploymentValidationException($"The HAProxy site '{Text.Printable(options.Site)}'", problems)
            : new HAProxyRouter(parsed!, options);
    }

    /// <summary>
    /// Writes the site's files, and a <c>haproxy.cfg</c> to start with where there is none. What the site follows stays as it is, so this is also how a
    /// change of options reaches the files: HAProxy takes it up when it is reloaded.
    /// </summary>
    /// <exception cref="DeploymentException">They can't be written, or what the site follows doesn't fit these options.</exception>
    public async Task WriteConfigurationAsync(CancellationToken cancellationToken)
    {
        using SiteLock held = await SiteLock.TakeAsync(_paths, _options.TimeProvider, cancellationToken);
        SiteState state = _files.Read() ?? new SiteState();
        int lanes = state.Lanes.Select(lane => lane.Number).DefaultIfEmpty(0).Max();
        int servers = state.Lanes.SelectMany(lane => lane.Places).Select(place => place.Number).DefaultIfEmpty(0).Max();
        if (lanes > _options.Lanes || servers > _files.Configuration.Servers)
        {
            throw new DeploymentException($"The site {_options.Site} follows {state.Table} in {lanes} lanes with up to {servers} servers, which {_options.Lanes} lanes for {_options.InstancesPerLane} instances have no room for. Take more, or deploy with fewer revisions first.");
        }

        await _files.WriteAsync(state, null, cancellationToken);
        _files.WriteStart();
    }

    /// <summary>Has HAProxy check the files (<c>haproxy -c</c>).</summary>
    /// <param name="commands">Runs it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DeploymentException">It isn't there, or doesn't take them; the message has what it said.</exception>
    public Task CheckConfigurationAsync(ICommandRunner commands, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commands);
        return _files.CheckAsync(commands, [.. File.Exists(_paths.Start) ? [_paths.Start] : Array.Empty<string>(), _paths.Configuration], cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RouterState> ReadAsync(CancellationToken cancellationToken) => new SiteReader(_options, _runtime, _files, _paths).ReadAsync(cancellationToken);

    /// <inheritdoc/>
    /// <remarks>HAProxy compares no epochs: a run that was overtaken in the moment between the last look and the commit is noticed only by the next one.</remarks>
    public Task ApplyAsync(RoutingTable table, EffectContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(context);
        return new SiteSwitch(_options, _runtime, _files, _paths, context).ApplyAsync(table, cancellationToken);
    }

    /// <inheritdoc/>
    public Task MaintainAsync(MaintenancePage? page, EffectContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        PageEntry? entry = page is null ? null : new PageEntry((int)page.RetryAfter.TotalSeconds, Encoding.UTF8.GetBytes(page.Html));
        return new SiteSwitch(_options, _runtime, _files, _paths, context).MaintainAsync(entry, cancellationToken);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> RouteCommands(TrafficSplit split, IReadOnlyList<RevisionId> reachable, RevisionId? preview, Func<RevisionId, string> addresses) =>
        _lines.Route(split, reachable, preview, addresses);

    /// <inheritdoc/>
    public IReadOnlyList<string> ShowCommands() => _lines.Show();

    /// <inheritdoc/>
    public IReadOnlyList<string> MaintenanceCommands(MaintenancePage? page) => _lines.Maintenance(page);

    /// <inheritdoc/>
    public IReadOnlyList<string> TesterCommands(RevisionId revision) => _lines.Tester(revision);

    /// <summary>The site, and where it is steered.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} at {_options.Bind}");
}
