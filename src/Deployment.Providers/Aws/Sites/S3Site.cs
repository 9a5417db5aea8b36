using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Makes artifacts for <see cref="S3SiteTarget"/>.</summary>
public static class S3Site
{
    internal const string Kind = "site";

    /// <summary>
    /// A folder of files as they are to be served. It is read, and its SHA-256 known, before the deployment is planned: what is deployed, promoted and gone
    /// back to is that content, whatever becomes of the folder.
    /// </summary>
    /// <param name="path">The folder, such as what a bundler made.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static Artifact Folder(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new Artifact { Kind = Kind, Package = Path.GetFullPath(path) };
    }
}
