using System.Collections.Immutable;
using System.Globalization;
using Deployment.Commands;
using Deployment.Execution;
using Deployment.Providers.Docker.Containers;
using Deployment.Providers.Docker.Images;
using Deployment.Providers.Docker.Verbs;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Providers.Docker;

/// <summary>
/// Runs images (<see cref="Artifact.Image"/>) as containers on one Docker host or several, by the docker tool. Behind a router it hosts revisions side by
/// side, splits traffic between them and replaces instances one by one; with a published port, or as workers, one revision runs at a time. What runs is found
/// by its labels: it outlives the deployer, and a restart of its host.
/// </summary>
public sealed partial class DockerTarget : DeploymentTarget, IHostRevisions, IUpdateInPlace, IReplaceInstances, IReachRevisions, IPinArtifacts, ITidyUp, IAskByCommand
{
    private const int LongestSecret = 64;

    private readonly DockerOperations _docker;
    private readonly ITrafficRouter? _router;
    private readonly RoutedTraffic? _traffic;
    private readonly InstallVerb _install;
    private readonly RemoveVerb _remove;
    private readonly UpdateVerb _update;
    private readonly ClearVerb _clear;
    private readonly ReplaceVerb _replace;
    private readonly VacateVerb _vacate;

    private DockerTarget(string name, DockerTargetOptions options, ITrafficRouter? router, int? publishedPort)
        : base(name)
    {
        _docker = new DockerOperations(name, options, publishedPort, router);
        _router = router;
        var slots = new SlotTraffic(_docker, router);
        var change = new SlotChange(_docker, slots);
        _traffic = router is null ? null : new RoutedTraffic(name, router, slots.InstancesAsync, _docker.Lines.Addresses, KeepAsync, _docker.Lines.Serving);
        _install = new InstallVerb(_docker);
        _remove = new RemoveVerb(_docker);
        _update = new UpdateVerb(_docker, router, slots);
        _clear = new ClearVerb(_docker, router, slots);
        _replace = new ReplaceVerb(_docker, change);
        _vacate = new VacateVerb(_docker, change);
        Verbs = [_install, _remove, _update, _clear, _replace, _vacate, .. _traffic?.Verbs ?? []];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Verb> Verbs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Prerequisite> Prerequisites =>
    [
        new($"The docker tool must be installed here and reach {string.Join(", ", _docker.Options.Hosts.Select(host => host.Name))}.", [.. _docker.Options.Hosts.Select(host => Cli.DockerCli.Line(host, _docker.Options.Program, "version").ToString())]),
        .. _router?.Prerequisites ?? [],
    ];

    /// <summary>One for each of <see cref="DockerTargetOptions.Instances"/>, numbered from 1; slot 1 is on the first host, slot 2 on the second, and so on in turn.</summary>
    public IReadOnlyList<string> Slots => _docker.Slots;

    /// <summary>As many again, with the numbers after those; none where a container has a port of its host for itself.</summary>
    public IReadOnlyList<string> SurgeSlots => _docker.PublishedPort is null ? _docker.SurgeSlots : [];

    ICommandRunner IAskByCommand.Commands
    {
        set => _docker.Commands = value;
    }

    /// <summary>Containers behind a router, which every strategy can deploy to.</summary>
    /// <param name="router">What routes the users' requests to them; for this target alone.</param>
    /// <param name="name">The target's name: 1 to 63 letters, digits, '.' or '-'.</param>
    /// <param name="configure">Sets the options; null for their defaults.</param>
    /// <exception cref="DeploymentValidationException">Something can't be used; every error is reported.</exception>
    public static DockerTarget Behind(ITrafficRouter router, string name, Action<DockerTargetOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(router);
        DockerTargetOptions options = Configure(name, configure, given => given.Copy().Count > router.MaxInstances ? [$"{router.Name} takes {router.MaxInstances} instances of a revision, and Instances is {given.Copy().Count}."] : []);
        return new DockerTarget(name, options, router, null);
    }

    /// <summary>A container on each host that has a port of it for itself. An update ends the old one before the new one starts, so users notice a gap.</summary>
    /// <param name="port">The host's port, 1 to 65535.</param>
    /// <param name="name">The target's name: 1 to 63 letters, digits, '.' or '-'.</param>
    /// <param name="configure">Sets the options; null for their defaults.</param>
    /// <exception cref="DeploymentValidationException">Something can't be used; every error is reported.</exception>
    public static DockerTarget Publishing(int port, string name, Action<DockerTargetOptions>? configure = null)
    {
        DockerTargetOptions options = Configure(name, configure, given => PortProblems(port, given));
        return new DockerTarget(name, options, null, port);
    }

    /// <summary>Containers without a port, such as workers of a queue. A slot's old worker ends before its new one starts.</summary>
    /// <param name="name">The target's name: 1 to 63 letters, digits, '.' or '-'.</param>
    /// <param name="configure">Sets the options; null for their defaults.</param>
    /// <exception cref="DeploymentValidationException">Something can't be used; every error is reported.</exception>
    public static DockerTarget Workers(string name, Action<DockerTargetOptions>? configure = null) =>
        new(name, Configure(name, configure, given => given.HealthPath is null ? [] : ["HealthPath is set, and workers have no port. Take HealthCommand."]), null, null);

    /// <inheritdoc/>
    public override async Task<Observation> ObserveAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Container> seen = await _docker.LookAsync(cancellationToken);
        RouterState? routed = _router is null ? null : await _router.ReadAsync(cancellationToken);
        return DockerObservation.Of(Name, seen, routed, _docker.Options);
    }

    /// <summary>The capability: revisions side by side, and what a router does, only where there is one.</summary>
    public override T? Capability<T>(Observation seen)
        where T : class =>
        typeof(T) == typeof(IHostRevisions) && _router is null ? null
        : typeof(T) == typeof(IReachRevisions) && _router is null && _docker.PublishedPort is null ? null
        : _traffic?.Capability<T>() ?? base.Capability<T>(seen);

    /// <inheritdoc/>
    public override string? Refuses(Artifact artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        return artifact.Kind != Artifact.ImageKind ? $"{Name} runs images (Artifact.Image) and can't install the artifact kind '{Naming.Printable(artifact.Kind)}'."
            : !ImageReference.TryParse(artifact.Location, out _) ? $"'{Naming.Printable(artifact.Location ?? "")}' is no reference of an image. Take one such as registry.example.com/shop:2.4.0."
            : artifact.Sha256 is { } hash && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigitLower)) ? "The image's Sha256 must be 64 hexadecimal digits in lower case."
            : null;
    }

    /// <inheritdoc/>
    public async Task<Artifact> PinAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        ImageReference reference = DockerOperations.ReferenceOf(artifact.Location ?? "");
        IReadOnlyList<DockerHost> hosts = _docker.Options.Hosts.AsReadOnly();
        IReadOnlyList<string> digests = await PinAsync(hosts, reference, artifact.Sha256, cancellationToken);
        // A tag may move between two answers, and a host may hold an old one.
        await PinAsync([.. hosts.Where((_, index) => digests[index] != digests[0])], reference, digests[0], cancellationToken);
        return artifact with { Sha256 = digests[0] };
    }

    /// <inheritdoc/>
    public Operation Install(Revision revision) => _install.Of(Name, ArgumentsOf(revision));

    /// <inheritdoc/>
    public Operation Remove(RevisionId revision) => _remove.Of(Name, new RemoveArguments(revision));

    /// <inheritdoc/>
    public Operation Update(Revision revision) => _update.Of(Name, ArgumentsOf(revision));

    /// <inheritdoc/>
    public Operation Clear(RevisionId installed) => _clear.Of(Name, new RemoveArguments(installed));

    /// <inheritdoc/>
    public Operation Replace(IReadOnlyList<string> slots, Revision revision)
    {
        InstallArguments arguments = ArgumentsOf(revision);
        return _replace.Of(Name, new ReplaceArguments(Checked(slots), arguments.Revision, arguments.Container));
    }

    /// <inheritdoc/>
    public Operation Vacate(IReadOnlyList<string> slots) => _vacate.Of(Name, new VacateArguments(Checked(slots)));

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
        return $"ADDRESS=http://$({{ {_docker.Lines.Addresses(revision)}; }} | head -n 1)";
    }

    private Task<IReadOnlyList<string>> PinAsync(IReadOnlyList<DockerHost> hosts, ImageReference reference, string? sha256, CancellationToken cancellationToken) => SideBySide.RunAsync(
        hosts,
        DockerOperations.MostHostsAtOnce,
        $"Hosts of {Name} can't have {reference}",
        host => host.Name,
        host => new ImageStore(_docker.Asking(host)).PinAsync(reference, sha256, _docker.Options.Pull, _docker.Options.PullTimeout, null, cancellationToken));

    private InstallArguments ArgumentsOf(Revision revision)
    {
        ArgumentNullException.ThrowIfNull(revision);
        if (revision.Release.Secrets.Keys.FirstOrDefault(variable => variable.Length > LongestSecret || !variable.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) is { } wrong)
        {
            throw new DeploymentException($"The secret variable '{Naming.Printable(wrong)}' can't be a file's name in a container: take at most {LongestSecret} letters, digits and '_'.");
        }

        if (_docker.SpecOf(revision.Release).Port is { } port && revision.Release.Settings.TryGetValue(ContainerSpec.PortVariable, out string? told) && told != port.ToString(CultureInfo.InvariantCulture))
        {
            throw new DeploymentException($"The release's setting {ContainerSpec.PortVariable} is '{Naming.Printable(told)}', and {Name} is to reach the application on port {port}. Leave the setting out, or set {nameof(DockerTargetOptions.ContainerPort)}.");
        }

        return revision.Release.Artifact.Sha256 is null
            ? throw new DeploymentException($"The digest of {Naming.Printable(revision.Release.Artifact.Location ?? "")} isn't known. Pin the artifact first ({nameof(IPinArtifacts)}); a pipeline does so before it plans.")
            : new InstallArguments(revision.Id, _docker.SpecOf(revision.Release));
    }

    async Task ITidyUp.TidyUpAsync(EffectContext context, CancellationToken cancellationToken) => await _docker.TidyAsync(context, cancellationToken);

    private Task KeepAsync(IReadOnlySet<RevisionId> serving, EffectContext context, CancellationToken cancellationToken) =>
        _docker.KeepAsync(container => serving.Contains(container.Revision), context, cancellationToken);

    private ImmutableArray<string> Checked(IReadOnlyList<string> slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        return [.. slots.Select(slot => int.TryParse(slot, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and < 1000 && slot[0] != '0'
            ? slot
            : throw new DeploymentException($"'{Naming.Printable(slot ?? "")}' is no slot of {Name}: those are numbers from 1."))];
    }

    private static DockerTargetOptions Configure(string name, Action<DockerTargetOptions>? configure, Func<DockerTargetOptions, IEnumerable<string>> more)
    {
        var given = new DockerTargetOptions();
        configure?.Invoke(given);
        string[] problems = [.. given.Problems(name)];
        problems = [.. problems, .. problems.Length == 0 ? more(given) : []];
        return problems.Length > 0 ? throw new DeploymentValidationException($"The Docker target '{Naming.Printable(name ?? "")}'", problems) : given.Copy();
    }

    private static IEnumerable<string> PortProblems(int port, DockerTargetOptions given)
    {
        if (port is < 1 or > 65535)
        {
            yield return $"{port} is not a port: take 1 to 65535.";
        }

        DockerTargetOptions options = given.Copy();
        if (options.Count != options.Hosts.Count)
        {
            yield return $"Instances is {options.Count}, and a port of a host belongs to one container: leave Instances out, or put a router in front.";
        }
    }
}
