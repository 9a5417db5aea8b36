using System.Collections.Immutable;
using Deployment.Providers.Aws.CloudFront;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>Each revision below a prefix of its own; a distribution switches between them.</summary>
internal sealed class AtomicKind : ISiteKind
{
    /// <summary>The property of an observation that has the origin's path.</summary>
    public const string OriginPath = "origin path";

    private readonly SiteWork _work;
    private readonly OriginSwitch _origin;
    private readonly AtomicInstallVerb _install;
    private readonly AtomicRemoveVerb _remove;
    private readonly AtomicRouteVerb _route;

    public AtomicKind(SiteWork work, ICloudFront cloudFront)
    {
        _work = work;
        _origin = new OriginSwitch(cloudFront, work.Options.Switch());
        var site = new AtomicRevisions(work, _origin);
        _install = new AtomicInstallVerb(work, site);
        _remove = new AtomicRemoveVerb(work, site);
        _route = new AtomicRouteVerb(work, site, _origin);
        Revisions = site;
        Verbs = [_install, _remove, _route];
    }

    public IReadOnlyList<Verb> Verbs { get; }

    private AtomicRevisions Revisions { get; }

    public async Task<Observation> ObserveAsync(CancellationToken cancellationToken)
    {
        (Distribution distribution, DistributionOrigin origin) = await _origin.ReadAsync(cancellationToken);
        IReadOnlyList<SiteManifest> standing = await Revisions.ReadAsync(cancellationToken);
        RevisionId? served = Revisions.At(origin.Path, standing);
        return new Observation
        {
            Target = _work.Target,
            Revisions = [.. standing.Where(manifest => !manifest.IsRetired || manifest.Revision == served?.ToString()).Select(manifest => RevisionId.Parse(manifest.Revision))
                .Select(id => new ObservedRevision(id, id == served ? 1 : 0, []))],
            Traffic = served is null ? TrafficSplit.None : TrafficSplit.AllTo(served),
            Properties = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
            [
                KeyValuePair.Create(OriginPath, origin.Path),
                KeyValuePair.Create("distribution", distribution.IsDeployed ? "Deployed" : "InProgress"),
            ]),
            Problems = [.. Problems(origin, served)],
        };
    }

    public async Task<SitePlan?> PlanAsync(string revision, SiteContent content, CancellationToken cancellationToken) =>
        await KeepsAsync(content.Hash, cancellationToken) ? null : await Revisions.PlanAsync(revision, content, cancellationToken);

    public async Task<bool> KeepsAsync(string content, CancellationToken cancellationToken) => (await Revisions.ReadAsync(cancellationToken)).Any(manifest => manifest.Content == content);

    public object Capabilities(Observation seen) => new AtomicCapabilities(_work.Target, seen.Properties.GetValueOrDefault(OriginPath, ""), _install, _remove, _route);

    public Task TidyUpAsync(EffectContext context, CancellationToken cancellationToken) => Revisions.TidyUpAsync(context, cancellationToken);

    private IEnumerable<string> Problems(DistributionOrigin origin, RevisionId? served)
    {
        if (served is null && Revisions.IsOurs(origin.Path))
        {
            yield return $"The origin {Naming.Printable(origin.Id)} is at {Naming.PrintableUpTo(origin.Path, 300)}, where a revision of this site lies that has no record: it was never deployed whole, or its record is gone. Point the origin at one that stands.";
        }
    }
}
