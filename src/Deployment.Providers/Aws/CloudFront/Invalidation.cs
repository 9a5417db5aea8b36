namespace Deployment.Providers.Aws.CloudFront;

/// <summary>An invalidation.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsCompleted">Whether no edge has the old files any more.</param>
internal sealed record Invalidation(string Id, bool IsCompleted);
