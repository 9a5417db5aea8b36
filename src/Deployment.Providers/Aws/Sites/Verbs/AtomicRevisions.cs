using Deployment.Providers.Aws.CloudFront;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>The revisions of an atomic site, and where the distribution finds each.</summary>
internal sealed class AtomicRevisions(SiteWork work, OriginSwitch origin)
{
    public AtomicSite Site(EffectContext context) => new(work.Bucket, work.Options.Files, context.TimeProvider, SiteWork.Progress(context));

    /// <summary>The manifests of those that stand whole or are kept, the newest first.</summary>
    public Task<IReadOnlyList<SiteManifest>> ReadAsync(CancellationToken cancellationToken) => Reader().RevisionsAsync(cancellationToken);

    /// <summary>The origin's path with which a revision is served.</summary>
    public string PathOf(string revision) => "/" + Reader().Root(revision).TrimEnd('/');

    /// <summary>Who is served with an origin's path; null where it is none of ours.</summary>
    public RevisionId? At(string path, IEnumerable<SiteManifest> standing) =>
        standing.FirstOrDefault(manifest => PathOf(manifest.Revision) == path) is { } found ? RevisionId.Parse(found.Revision) : null;

    /// <summary>Whether a path is where a revision of ours lies, whatever became of it.</summary>
    public bool IsOurs(string path)
    {
        string prefix = "/" + work.Options.Files.Prefix;
        return path.StartsWith(prefix, StringComparison.Ordinal) && RevisionId.TryParse(path[prefix.Length..].Replace("__", "+", StringComparison.Ordinal), out _);
    }

    /// <summary>Who is served now; null where it is none of ours.</summary>
    public async Task<RevisionId?> ServedAsync(CancellationToken cancellationToken)
    {
        (_, DistributionOrigin seen) = await origin.ReadAsync(cancellationToken);
        return At(seen.Path, await ReadAsync(cancellationToken));
    }

    /// <summary>What an install beside the one that is served would do.</summary>
    public async Task<SitePlan> PlanAsync(string revision, SiteContent content, CancellationToken cancellationToken) =>
        (await Reader().PlanAsync(revision, content, (await ServedAsync(cancellationToken))?.ToString(), cancellationToken)).Plan;

    /// <summary>Removes revisions that are kept for a way back and older than those that the options keep.</summary>
    public async Task TidyUpAsync(EffectContext context, CancellationToken cancellationToken)
    {
        RevisionId? served = await ServedAsync(cancellationToken);
        IReadOnlyList<SiteManifest> standing = await ReadAsync(cancellationToken);
        foreach (SiteManifest old in standing.Where(manifest => manifest.IsRetired && manifest.Revision != served?.ToString()).Skip(work.Options.KeptRevisions))
        {
            await Site(context).RemoveAsync(old.Revision, cancellationToken);
        }
    }

    private AtomicSite Reader() => new(work.Bucket, work.Options.Files, TimeProvider.System);
}
