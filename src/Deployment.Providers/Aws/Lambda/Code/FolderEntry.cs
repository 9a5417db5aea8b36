namespace Deployment.Providers.Aws.Lambda.Code;

/// <summary>A file or a link of a folder.</summary>
/// <param name="Name">Its name in the zip.</param>
/// <param name="Path">Where it is.</param>
/// <param name="LinkTarget">Where a link leads; null for a file.</param>
internal sealed record FolderEntry(string Name, string Path, string? LinkTarget);
