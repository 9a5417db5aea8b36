namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>What a release would change.</summary>
/// <param name="IsKept">Whether it is made from what is in the bucket, and needs no folder.</param>
/// <param name="Plan">What would be done; null where that isn't known.</param>
internal sealed record SiteOutlook(bool IsKept, SitePlan? Plan);
