namespace Deployment.Providers.Aws.Sites;

/// <summary>An object as a bucket's listing shows it.</summary>
/// <param name="ETag">Its ETag, without quotes.</param>
/// <param name="Size">How many bytes it has.</param>
internal sealed record ListedObject(string ETag, long Size);
