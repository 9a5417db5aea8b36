namespace Deployment.Providers.Aws.Sites;

/// <summary>A folder as it was when it was read.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Prefix">What stands before each key in the bucket.</param>
/// <param name="Found">Its files, as they looked before they were read.</param>
/// <param name="Content">What is in them.</param>
internal sealed record ScannedFolder(string Folder, string Prefix, SiteFolder Found, SiteContent Content)
{
    /// <summary>Whether it looks the same: names, sizes and times.</summary>
    public bool IsStill(string folder, string prefix, SiteFolder found) =>
        folder == Folder && prefix == Prefix && found.Problems.Count == 0 && found.Files.SequenceEqual(Found.Files);
}
