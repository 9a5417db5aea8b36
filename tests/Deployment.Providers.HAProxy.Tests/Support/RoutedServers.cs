using Deployment.Releases;
using Deployment.Routing;
using Deployment.Targets;

namespace Deployment.Providers.HAProxy.Tests.Support;

/// <summary>A target whose revisions are instances of a test, and whose traffic is routed by HAProxy.</summary>
internal sealed class RoutedServers : DeploymentTarget, IHostRevisions, ISplitTraffic
{
    private readonly FakeTarget _hosts;
    private readonly ITrafficRouter _router;
    private readonly RoutedTraffic _traffic;

    public RoutedServers(string name, ITrafficRouter router, Func<RevisionId, IReadOnlyList<RoutedInstance>> instances)
        : base(name)
    {
        _hosts = new FakeTarget(name);
        _router = router;
        _traffic = new RoutedTraffic(name, router, (revision, _, _) => Task.FromResult(instances(revision)), revision => $"printf '%s\\n' {string.Join(' ', instances(revision).Select(instance => $"{instance.Host}:{instance.Port}"))}");
        Verbs = [.. _hosts.Verbs.Where(verb => verb.Name is "install" or "remove"), .. _traffic.Verbs];
    }

    public override IReadOnlyList<Verb> Verbs { get; }

    public TrafficLimits Limits => _router.Limits;

    public override async Task<Observation> ObserveAsync(CancellationToken cancellationToken)
    {
        RouterState seen = await _router.ReadAsync(cancellationToken);
        return _hosts.Now with { Traffic = seen.Table.Traffic, Epochs = seen.Epochs, Problems = seen.Problems };
    }

    public override string? Refuses(Artifact artifact) => null;

    public Operation Install(Revision revision) => _hosts.Install(revision);

    public Operation Remove(RevisionId revision) => _hosts.Remove(revision);

    public Operation Route(TrafficSplit split) => _traffic.Route(split);
}
