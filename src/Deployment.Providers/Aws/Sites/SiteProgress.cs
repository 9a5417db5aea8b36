namespace Deployment.Providers.Aws.Sites;

/// <summary>How far an upload has come.</summary>
/// <param name="Files">Files that are stored.</param>
/// <param name="AllFiles">Files to store.</param>
/// <param name="Bytes">Bytes that S3 has confirmed.</param>
/// <param name="AllBytes">Bytes to store.</param>
internal sealed record SiteProgress(int Files, int AllFiles, long Bytes, long AllBytes);
