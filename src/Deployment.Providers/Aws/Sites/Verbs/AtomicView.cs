using Deployment.Providers.Aws.CloudFront;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>What one look at an atomic site saw.</summary>
/// <param name="Distribution">The distribution.</param>
/// <param name="Origin">Its origin.</param>
/// <param name="Records">The records beside the site.</param>
/// <param name="Served">The revision that the origin's path is; null for none of ours.</param>
internal sealed record AtomicView(Distribution Distribution, DistributionOrigin Origin, SiteState Records, SiteManifest? Served)
{
    /// <summary>The manifests of those that stand or are kept, the newest first.</summary>
    public IReadOnlyList<SiteManifest> Made => Records.Others;

    public SiteManifest? Find(string revision) => Made.FirstOrDefault(manifest => manifest.Revision == revision);
}
