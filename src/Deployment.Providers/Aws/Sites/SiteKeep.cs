namespace Deployment.Providers.Aws.Sites;

/// <summary>Content that is copied before something takes its place.</summary>
/// <param name="Key">Its path.</param>
/// <param name="ETag">The ETag by which it is that content.</param>
/// <param name="To">Where its copy goes.</param>
internal sealed record SiteKeep(string Key, string ETag, string To);
