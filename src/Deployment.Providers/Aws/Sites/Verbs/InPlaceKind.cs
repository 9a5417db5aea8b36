using System.Collections.Immutable;
using Deployment.Providers.Aws.CloudFront;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>One site that is changed where it lies.</summary>
internal sealed class InPlaceKind : ISiteKind, IUpdateInPlace
{
    /// <summary>The property of an observation that says which records can't be read, where there are such.</summary>
    public const string Unreadable = "unreadable records";

    private readonly SiteWork _work;
    private readonly OriginSwitch? _caches;
    private readonly InPlaceUpdateVerb _update;
    private readonly InPlaceClearVerb _clear;

    public InPlaceKind(SiteWork work, ICloudFront cloudFront)
    {
        _work = work;
        _caches = work.Options.Distribution is null || work.Options.InvalidationPaths == 0 ? null : new OriginSwitch(cloudFront, work.Options.Switch());
        _update = new InPlaceUpdateVerb(work, _caches);
        _clear = new InPlaceClearVerb(work, _caches);
        Verbs = [_update, _clear];
    }

    public IReadOnlyList<Verb> Verbs { get; }

    public async Task<Observation> ObserveAsync(CancellationToken cancellationToken)
    {
        SiteState seen = await Reader().ReadRecordsAsync(cancellationToken);
        RevisionId? served = seen.Served is { } manifest ? RevisionId.Parse(manifest.Revision) : null;
        return new Observation
        {
            Target = _work.Target,
            Revisions = served is null ? [] : [new ObservedRevision(served, 1, [])],
            Traffic = served is null ? TrafficSplit.None : TrafficSplit.AllTo(served),
            Epochs = served is null || seen.Epoch == 0 ? ImmutableSortedDictionary<string, long>.Empty : ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create(served.Application, seen.Epoch)]),
            Properties = ImmutableSortedDictionary.CreateRange(
                StringComparer.Ordinal,
                [
                    KeyValuePair.Create("bucket", _work.Options.Files.Bucket),
                    .. seen.Unreadable.Count == 0 ? [] : new[] { KeyValuePair.Create(Unreadable, string.Join(' ', seen.Unreadable.Values)) },
                ]),
            Problems = [.. await ProblemsAsync(seen, cancellationToken)],
        };
    }

    public async Task<SiteOutlook> PlanAsync(string revision, string hash, SiteContent? content, CancellationToken cancellationToken)
    {
        InPlaceSite site = Reader();
        return content is null
            ? new SiteOutlook((await site.ReadRecordsAsync(cancellationToken)).Others.Any(manifest => manifest.Content == hash), null)
            : new SiteOutlook(false, site.Plan(revision, content, await site.ReadAsync(content, cancellationToken)));
    }

    public object Capabilities(Observation seen) => this;

    public async Task TidyUpAsync(EffectContext context, CancellationToken cancellationToken)
    {
        SiteRemoval removal = await _work.InPlace(context).CleanAsync(cancellationToken);
        if (_caches is not null && removal.Removed.Count > 0)
        {
            await _work.InvalidateAsync(_caches, removal.Removed, context, cancellationToken);
        }

        if (removal.Problem is { } problem)
        {
            context.Report($"The release is served, and files that it has no more are still there: {problem}");
            removal.Check();
        }
    }

    public Operation Update(Revision revision) => _update.Of(_work.Target, SiteRelease.ArgumentsOf(revision));

    public Operation Clear(RevisionId installed) => _clear.Of(_work.Target, new RemoveArguments(installed));

    private async Task<IReadOnlyList<string>> ProblemsAsync(SiteState seen, CancellationToken cancellationToken)
    {
        List<string> problems = [];
        if (seen.Others.FirstOrDefault(manifest => manifest.Owner is not null) is { } atomic)
        {
            problems.Add($"{_work.Place} has revisions side by side, such as {Naming.Printable(atomic.Revision)} of {Naming.Printable(atomic.Owner!)}: their records would be taken for those of a site in place. Give this target a prefix of its own.");
        }

        if (_caches is not null && (await _caches.ReadAsync(cancellationToken)).Origin is var origin && _work.Below(origin) is null)
        {
            problems.Add($"The origin {Naming.Printable(origin.Id)} of {_work.Options.Distribution} is at {Naming.PrintableUpTo(origin.Path, 300)}, and {_work.Place} isn't below it: users don't get the site by it. Name another origin, or change its path or Prefix.");
        }

        return problems;
    }

    private InPlaceSite Reader() => new(_work.Bucket, _work.Options.Files, TimeProvider.System, 0);
}
