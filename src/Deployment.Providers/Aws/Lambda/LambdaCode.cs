using Deployment.Providers.Aws.Lambda.Code;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda;

/// <summary>The code of a function as an artifact. Images are <see cref="Artifact.Image"/>.</summary>
public static class LambdaCode
{
    internal const string Kind = "lambda";
    internal const string FolderKind = "lambda-folder";
    internal const string S3Scheme = "s3://";

    /// <summary>
    /// A folder, which becomes a zip when the deployment is planned: the same content and the same executables give the same bytes, whatever the times and the order of
    /// its files. Links stay links, and must not lead out of it.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="DeploymentException">There is no path.</exception>
    public static Artifact Folder(string path) => new() { Kind = FolderKind, Package = Path.GetFullPath(Checked(path)) };

    /// <summary>A zip as it is, at most 50 MB; a larger one goes by S3.</summary>
    /// <param name="path">The zip.</param>
    /// <param name="sha256">The SHA-256 that it must have, 64 hexadecimal digits; null for the one that it has when the deployment is planned.</param>
    /// <exception cref="DeploymentException">There is no path.</exception>
    public static Artifact Zip(string path, string? sha256 = null) => new() { Kind = Kind, Package = Path.GetFullPath(Checked(path)), Sha256 = sha256?.ToLowerInvariant() };

    /// <summary>A zip in a bucket of the function's region. What it is made of is read when the deployment is planned.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="version">The object's version; null for the one that is current when the deployment is planned.</param>
    /// <exception cref="DeploymentException">There is no bucket or no key.</exception>
    public static Artifact S3(string bucket, string key, string? version = null) =>
        new() { Kind = Kind, Package = new S3Code(Checked(bucket), Checked(key), version).ToString() };

    private static string Checked(string text) => !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl) ? text
        : throw new DeploymentException($"'{Naming.Printable(text ?? "")}' can't be where code is: it must not be empty or have control characters.");
}
