using System.Collections.Immutable;
using Deployment.Providers.Aws.CloudFront;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>One site that is changed where it lies.</summary>
internal sealed class InPlaceKind : ISiteKind, IUpdateInPlace
{
    private readonly SiteWork _work;
    private readonly InPlaceUpdateVerb _update;
    private readonly InPlaceClearVerb _clear;

    public InPlaceKind(SiteWork work, ICloudFront cloudFront)
    {
        _work = work;
        OriginSwitch? caches = work.Options.Distribution is null || work.Options.InvalidationPaths == 0 ? null : new OriginSwitch(cloudFront, work.Options.Switch());
        _update = new InPlaceUpdateVerb(work, caches);
        _clear = new InPlaceClearVerb(work, caches);
        Verbs = [_update, _clear];
    }

    public IReadOnlyList<Verb> Verbs { get; }

    public async Task<Observation> ObserveAsync(CancellationToken cancellationToken)
    {
        SiteState seen = await Reader().ReadAsync(cancellationToken);
        RevisionId? served = seen.Served is { } manifest ? RevisionId.Parse(manifest.Revision) : null;
        return new Observation
        {
            Target = _work.Target,
            Revisions = served is null ? [] : [new ObservedRevision(served, 1, [])],
            Traffic = served is null ? TrafficSplit.None : TrafficSplit.AllTo(served),
            Properties = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("bucket", _work.Options.Files.Bucket)]),
        };
    }

    public async Task<SitePlan?> PlanAsync(string revision, SiteContent content, CancellationToken cancellationToken)
    {
        InPlaceSite site = Reader();
        return site.Plan(revision, content, await site.ReadAsync(content, cancellationToken));
    }

    public async Task<bool> KeepsAsync(string content, CancellationToken cancellationToken) =>
        (await Reader().ReadAsync(cancellationToken)).Others.Any(manifest => manifest.Content == content);

    public object Capabilities(Observation seen) => this;

    public Task TidyUpAsync(EffectContext context, CancellationToken cancellationToken) => _work.InPlace(context).CleanAsync(cancellationToken);

    public Operation Update(Revision revision) => _update.Of(_work.Target, SiteRelease.ArgumentsOf(revision));

    public Operation Clear(RevisionId installed) => _clear.Of(_work.Target, new RemoveArguments(installed));

    private InPlaceSite Reader() => new(_work.Bucket, _work.Options.Files, TimeProvider.System);
}
