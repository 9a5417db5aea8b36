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
    private readonly AtomicInstallVerb _install;
    private readonly AtomicRemoveVerb _remove;
    private readonly AtomicRouteVerb _route;
    private readonly AtomicRevisions _revisions;

    public AtomicKind(SiteWork work, ICloudFront cloudFront)
    {
        _work = work;
        var origin = new OriginSwitch(cloudFront, work.Options.Switch());
        _revisions = new AtomicRevisions(work, origin);
        _install = new AtomicInstallVerb(work, _revisions);
        _remove = new AtomicRemoveVerb(work, _revisions);
        _route = new AtomicRouteVerb(work, _revisions, origin);
        Verbs = [_install, _remove, _route];
    }

    public IReadOnlyList<Verb> Verbs { get; }

    public async Task<Observation> ObserveAsync(CancellationToken cancellationToken)
    {
        AtomicView view = await _revisions.ReadAsync(cancellationToken);
        SiteSwitch? last = await _revisions.Claim.ReadAsync(cancellationToken);
        RevisionId? served = view.Served is { } manifest ? RevisionId.Parse(manifest.Revision) : null;
        return new Observation
        {
            Target = _work.Target,
            Revisions = [.. (await StandingAsync(view, cancellationToken)).Select(id => new ObservedRevision(id, id == served ? 1 : 0, []))],
            Traffic = served is null ? TrafficSplit.None : TrafficSplit.AllTo(served),
            Epochs = last?.Application is { } application ? ImmutableSortedDictionary<string, long>.Empty.Add(application, last.Epoch) : ImmutableSortedDictionary<string, long>.Empty,
            Properties = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
            [
                KeyValuePair.Create(OriginPath, view.Origin.Path),
                KeyValuePair.Create("distribution", view.Distribution.IsDeployed ? "Deployed" : "InProgress"),
            ]),
            Problems = [.. Problems(view)],
        };
    }

    public async Task<SiteOutlook> PlanAsync(string revision, string hash, SiteContent? content, CancellationToken cancellationToken)
    {
        AtomicView view = await _revisions.ReadAsync(cancellationToken);
        AtomicSite site = _revisions.Reader();
        SiteManifest? kept = await site.FindWholeAsync(hash, revision, view.Records, cancellationToken);
        return kept is not null && (content is null || site.IsStoredAlike(kept)) ? new SiteOutlook(true, (await site.PlanFromAsync(revision, kept, view.Served, view.Records, cancellationToken)).Plan)
            : new SiteOutlook(false, content is null ? null : (await site.PlanAsync(revision, content, view.Served, view.Records, cancellationToken)).Plan);
    }

    public object Capabilities(Observation seen) => new AtomicCapabilities(_work.Target, seen.Properties.GetValueOrDefault(OriginPath, ""), _install, _remove, _route);

    public Task TidyUpAsync(EffectContext context, CancellationToken cancellationToken) => _revisions.TidyUpAsync(context, cancellationToken);

    /// <summary>Those that can be switched to: what is retired must be installed again, and what lost files as well. What users have stands, whatever it lacks.</summary>
    private async Task<IReadOnlyList<RevisionId>> StandingAsync(AtomicView view, CancellationToken cancellationToken)
    {
        List<RevisionId> standing = [];
        foreach (SiteManifest manifest in view.Made)
        {
            if (manifest == view.Served || (!manifest.IsRetired && await _revisions.Reader().MissingAsync(manifest, cancellationToken) is null))
            {
                standing.Add(RevisionId.Parse(manifest.Revision));
            }
        }

        return standing;
    }

    private IEnumerable<string> Problems(AtomicView view)
    {
        if (view.Served is null && _revisions.IsRevision(view.Origin.Path))
        {
            yield return $"The origin {Naming.Printable(view.Origin.Id)} is at {Naming.PrintableUpTo(view.Origin.Path, 300)}, where a revision lies that has no record of this target: it was never deployed whole, its record is gone, or it is another target's. Point the origin at one that stands.";
        }

        if (view.Records.Served is not null)
        {
            yield return $"{_work.Place} is served in place ({Naming.Printable(view.Records.Served.Revision)}): its records would be taken for those of revisions side by side. Give this target a prefix of its own.";
        }
    }
}
