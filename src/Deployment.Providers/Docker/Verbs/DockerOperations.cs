using System.Collections.Immutable;
using System.Globalization;
using Deployment.Commands;
using Deployment.Execution;
using Deployment.Providers.Docker.Cli;
using Deployment.Providers.Docker.Containers;
using Deployment.Providers.Docker.Images;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>What the verbs of one target share: its hosts, and what is done to the containers there.</summary>
/// <param name="target">The target's name.</param>
/// <param name="options">How it runs its releases.</param>
/// <param name="publishedPort">The port of each host that the application has for itself; null behind a router, and for workers.</param>
/// <param name="router">What stands in front, and is told any port; null where nothing does.</param>
internal sealed class DockerOperations(string target, DockerTargetOptions options, int? publishedPort, ITrafficRouter? router)
{
    /// <summary>How many hosts pull an image at a time.</summary>
    public const int MostHostsAtOnce = 4;

    public string Target { get; } = target;

    public DockerTargetOptions Options { get; } = options;

    public int? PublishedPort { get; } = publishedPort;

    public bool IsRouted { get; } = router is not null;

    public DockerLines Lines { get; } = new(target, options, publishedPort, router is not null);

    /// <summary>What runs commands while the target is looked at.</summary>
    public ICommandRunner Commands { get; set; } = new CommandRunner(TimeProvider.System);

    /// <summary>The slots that are filled when nothing is being deployed.</summary>
    public ImmutableArray<string> Slots { get; } = Numbers(1, options.Count);

    /// <summary>As many again.</summary>
    public ImmutableArray<string> SurgeSlots { get; } = Numbers(1 + options.Count, options.Count);

    private bool HasPort => IsRouted || PublishedPort is not null;

    public ContainerSpec SpecOf(Release release) => Options.SpecOf(release, HasPort ? Options.ContainerPort : null);

    /// <summary>Speaks to a host on behalf of a look: what doesn't answer is told at once.</summary>
    public DockerCli Asking(DockerHost host) => new(host, Options.Program, Commands, TimeSpan.Zero, TimeProvider.System);

    /// <summary>Speaks to a host on behalf of a run.</summary>
    public DockerCli Acting(DockerHost host, EffectContext context) => new(host, Options.Program, context.Commands, Options.DaemonTimeout, context.TimeProvider);

    /// <summary>The host of a slot: they are dealt out in turn.</summary>
    public DockerHost HostOf(string slot) => Options.Hosts[(int)((long.Parse(slot, NumberStyles.None, CultureInfo.InvariantCulture) - 1) % Options.Hosts.Count)];

    /// <summary>The target's containers on all hosts.</summary>
    public Task<IReadOnlyList<Container>> LookAsync(CancellationToken cancellationToken) => LookAsync(Asking, cancellationToken);

    /// <summary>The same while a run changes them.</summary>
    public Task<IReadOnlyList<Container>> LookAsync(EffectContext context, CancellationToken cancellationToken) => LookAsync(host => Acting(host, context), cancellationToken);

    /// <summary>Refuses to act for a run that another one has overtaken, and on what is another application's. Docker can't compare, so what a paused process had under way may still land once.</summary>
    /// <exception cref="DeploymentException">A newer run was here, or the containers are another application's.</exception>
    public async Task FenceAsync(string? application, EffectContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<Container> seen = await LookAsync(context, cancellationToken);
        if (application is not null && seen.FirstOrDefault(container => container.Revision.Application != application) is { } other)
        {
            throw new DeploymentException($"{Target} on {other.Host.Name} has containers of {other.Revision.Application}, such as {other.Name}, and is to bring {application}. Give one of the targets another name. Nothing was changed.");
        }

        RouterState? routed = router is null ? null : await router.ReadAsync(cancellationToken);
        long highest = seen.Select(container => container.Epoch).Concat(routed?.Epochs.Values ?? []).DefaultIfEmpty().Max();
        if (highest > context.Epoch)
        {
            throw new DeploymentException(string.Create(CultureInfo.InvariantCulture, $"{Target} was changed by a run with epoch {highest}, and this one has {context.Epoch}: another process has taken over. Nothing was changed."));
        }
    }

    /// <summary>Makes the containers of slots without starting them.</summary>
    public async Task CreateAsync(RevisionId revision, ContainerSpec spec, IReadOnlyList<string> slots, EffectContext context, CancellationToken cancellationToken)
    {
        foreach (SlotsOfHost work in await PrepareAsync(revision, spec, slots, context, cancellationToken))
        {
            await Task.WhenAll(work.Containers.Select(container => work.Start.CreateAsync(container, work.Image, work.NextPort, cancellationToken)));
        }
    }

    /// <summary>Makes the containers of slots and starts them, all of them at once; it returns when each is ready.</summary>
    public async Task StartAsync(RevisionId revision, ContainerSpec spec, IReadOnlyList<string> slots, EffectContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<SlotsOfHost> work = await PrepareAsync(revision, spec, slots, context, cancellationToken);
        await Task.WhenAll(work.SelectMany(host => host.Containers.Select(async container =>
        {
            await host.Start.CreateAsync(container, host.Image, host.NextPort, cancellationToken);
            await host.Start.StartAsync(container, host.Image, host.NextPort, cancellationToken);
            context.Report($"{container.Name} is ready on {container.Host.Name}.");
        })));
    }

    /// <summary>Ends containers, all of them at once.</summary>
    public Task StopAsync(IEnumerable<Container> containers, EffectContext context, CancellationToken cancellationToken) =>
        Task.WhenAll(containers.Select(container => new ContainerEnd(Acting(container.Host, context)).StopAsync(container, Options.StopGrace.TotalSeconds, cancellationToken)));

    /// <summary>Ends and removes containers, and then the images that nobody uses any more.</summary>
    public Task RemoveAsync(IEnumerable<Container> containers, EffectContext context, CancellationToken cancellationToken) =>
        Task.WhenAll(containers.GroupBy(container => container.Host).Select(async host =>
        {
            DockerCli docker = Acting(host.Key, context);
            await Task.WhenAll(host.Select(container => new ContainerEnd(docker).RemoveAsync(container, Options.StopGrace.TotalSeconds, cancellationToken)));
            await new ImageRemoval(docker, context.Report).RemoveAsync(host, cancellationToken);
        }));

    /// <summary>Has Docker start again what is to serve, and leave ended what isn't.</summary>
    public async Task KeepAsync(Func<Container, bool> serves, EffectContext context, CancellationToken cancellationToken)
    {
        foreach (IGrouping<DockerHost, Container> host in (await LookAsync(context, cancellationToken)).GroupBy(container => container.Host))
        {
            var end = new ContainerEnd(Acting(host.Key, context));
            await end.KeepAsync([.. host.Where(container => serves(container) && container.Runs)], Options.RestartPolicy, cancellationToken);
            await end.KeepAsync([.. host.Where(container => !serves(container))], "no", cancellationToken);
        }
    }

    /// <summary>Removes what is too old to be kept, once nothing of a run is undone any more.</summary>
    public async Task TidyAsync(EffectContext context, CancellationToken cancellationToken)
    {
        await FenceAsync(null, context, cancellationToken);
        await RemoveAsync(Retention.TooOld(await LookAsync(context, cancellationToken), Options.KeptRevisions), context, cancellationToken);
    }

    /// <summary>Whether the router sends users to a revision.</summary>
    public async Task<bool> HasTrafficAsync(RevisionId revision, CancellationToken cancellationToken) =>
        router is not null && (await router.ReadAsync(cancellationToken)).Table.Traffic.ShareOf(revision) > 0;

    /// <summary>Null when each of the slots has a container of the revision that runs and is ready.</summary>
    public async Task<string?> VerifyAsync(RevisionId revision, ContainerSpec spec, IReadOnlyList<string> slots, EffectContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<Container> seen = await LookAsync(context, cancellationToken);
        foreach (string slot in slots)
        {
            if (seen.Where(container => container.Revision == revision && container.Slot == slot).MaxBy(container => container.Runs) is not { } container)
            {
                return $"Slot {slot} of {Target} has no container of {revision}.";
            }

            if (await new Readiness(Acting(container.Host, context)).ProblemAsync(container, spec, cancellationToken) is { } problem)
            {
                return $"The container {container.Name} on {container.Host.Name} isn't ready. {problem}";
            }
        }

        return null;
    }

    private async Task<IReadOnlyList<Container>> LookAsync(Func<DockerHost, DockerCli> docker, CancellationToken cancellationToken) =>
        [.. (await SideBySide.RunAsync(Options.Hosts.AsReadOnly(), Options.Hosts.Count, $"Hosts of {Target} can't be looked at", host => host.Name, host => new ContainerList(docker(host)).OfAsync(Target, cancellationToken)))
            .SelectMany(containers => containers)];

    private async Task<IReadOnlyList<SlotsOfHost>> PrepareAsync(RevisionId revision, ContainerSpec spec, IReadOnlyList<string> slots, EffectContext context, CancellationToken cancellationToken)
    {
        var secrets = new SortedDictionary<string, Secret>(StringComparer.Ordinal);
        foreach ((string variable, string name) in spec.Secrets)
        {
            secrets[variable] = await context.Secrets.GetAsync(name, cancellationToken);
        }

        // What runs already stays where it is, also when the slots would be dealt out to other hosts by now.
        Dictionary<string, DockerHost> running = (await LookAsync(context, cancellationToken))
            .Where(container => container.Revision == revision && container.Runs)
            .DistinctBy(container => container.Slot)
            .ToDictionary(container => container.Slot, container => container.Host, StringComparer.Ordinal);
        return await Task.WhenAll(slots.GroupBy(slot => running.GetValueOrDefault(slot) ?? HostOf(slot)).Select(async host =>
        {
            DockerCli docker = Acting(host.Key, context);
            string image = await new ImageStore(docker).EnsureAsync(ReferenceOf(spec.Image), spec.Sha256, spec.Pull, TimeSpan.FromSeconds(spec.PullSeconds), context.Report, cancellationToken);
            return new SlotsOfHost(
                [.. host.Select(slot => new ContainerCreation { Target = Target, Revision = revision, Slot = slot, Host = host.Key, Spec = spec })],
                new ContainerStart(docker, context.Epoch, secrets),
                image,
                await PortsAsync(docker, cancellationToken));
        }));
    }

    private async Task<Func<int>?> PortsAsync(DockerCli docker, CancellationToken cancellationToken)
    {
        if (PublishedPort is { } port)
        {
            return () => port;
        }

        return IsRouted
            ? new PortPicker(docker.Host, Options.FirstPort, Options.LastPort, (await new ContainerList(docker).AllAsync(cancellationToken)).Select(container => container.Port).OfType<int>()).Next
            : null;
    }

    internal static ImageReference ReferenceOf(string text) => ImageReference.TryParse(text, out ImageReference? reference)
        ? reference
        : throw new DeploymentException($"'{Naming.Printable(text)}' is no reference of an image. Take one such as registry.example.com/shop:2.4.0.");

    private static ImmutableArray<string> Numbers(int first, int count) => [.. Enumerable.Range(first, count).Select(number => number.ToString(CultureInfo.InvariantCulture))];

    private sealed record SlotsOfHost(ImmutableArray<ContainerCreation> Containers, ContainerStart Start, string Image, Func<int>? NextPort);
}
