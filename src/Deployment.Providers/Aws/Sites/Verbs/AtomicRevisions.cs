using Deployment.Providers.Aws.CloudFront;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>The revisions of an atomic site, and where the distribution finds each.</summary>
internal sealed class AtomicRevisions(SiteWork work, OriginSwitch origin)
{
    /// <summary>Whose turn it is to change them.</summary>
    public OriginClaim Claim { get; } = new(work);

    public AtomicSite Site(EffectContext context) => Site(context.TimeProvider, SiteWork.Progress(context));

    /// <summary>For who only looks.</summary>
    public AtomicSite Reader() => Site(TimeProvider.System, null);

    /// <summary>Looks at the distribution and at the records.</summary>
    public async Task<AtomicView> ReadAsync(CancellationToken cancellationToken)
    {
        (Distribution distribution, DistributionOrigin seen) = await origin.ReadAsync(cancellationToken);
        SiteState records = await Reader().ReadAsync(cancellationToken);
        return new AtomicView(distribution, seen, records, At(seen.Path, records.Others));
    }

    /// <summary>The origin's path with which a revision is served.</summary>
    public string PathOf(string revision) => "/" + Reader().Root(revision).TrimEnd('/');

    /// <summary>Who is served with an origin's path; null where it is none of ours.</summary>
    public SiteManifest? At(string path, IEnumerable<SiteManifest> made) => made.FirstOrDefault(manifest => PathOf(manifest.Revision) == path);

    /// <summary>Whether a path is where a revision lies, whatever became of it.</summary>
    public bool IsRevision(string path)
    {
        string prefix = "/" + work.Options.Files.Prefix;
        return path.StartsWith(prefix, StringComparison.Ordinal) && RevisionId.TryParse(path[prefix.Length..].Replace("__", "+", StringComparison.Ordinal), out _);
    }

    /// <summary>What is wrong with a revision, so that it can't be served; null where all of its files are as they were stored.</summary>
    public async Task<string?> ProblemAsync(RevisionId revision, SiteManifest? manifest, CancellationToken cancellationToken) =>
        manifest is null ? $"{revision} has no record at {Place(revision)}."
        : await Reader().MissingAsync(manifest, cancellationToken) is { } missing ? $"'{Naming.PrintableUpTo(missing, SiteKeys.Longest)}' isn't at {Place(revision)} as it was stored."
        : null;

    /// <summary>Where a revision lies.</summary>
    public string Place(RevisionId revision) => $"s3://{work.Options.Files.Bucket}{PathOf(revision.ToString())}/";

    /// <summary>Removes revisions that are kept for a way back and older than those that the options keep.</summary>
    public async Task TidyUpAsync(EffectContext context, CancellationToken cancellationToken)
    {
        await Claim.FenceAsync(context, cancellationToken);
        AtomicView view = await ReadAsync(cancellationToken);
        foreach (SiteManifest old in view.Made.Where(manifest => manifest.IsRetired && manifest != view.Served).Skip(work.Options.KeptRevisions))
        {
            await Site(context).RemoveAsync(old.Revision, view.Records, cancellationToken);
        }
    }

    private AtomicSite Site(TimeProvider time, IProgress<SiteProgress>? progress) => new(work.Bucket, work.Options.Files, work.Owner, time, progress);
}
