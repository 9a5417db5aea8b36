namespace Deployment.Providers.Aws.Sites;

/// <summary>With which headers a file is served.</summary>
/// <param name="Type">Its content type.</param>
/// <param name="Cache">Its cache control.</param>
/// <param name="Encoding">Its content encoding; null where it is as it is.</param>
internal sealed record SiteHeaders(string Type, string Cache, string? Encoding);
