namespace Deployment.Providers.Aws.Sites;

/// <summary>A plain success.</summary>
/// <param name="ETag">The ETag, without quotes; empty where there is none.</param>
/// <param name="Body">The body.</param>
internal sealed record DirectAnswer(string ETag, byte[] Body);
