using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>What a site makes of a release.</summary>
internal static class SiteRelease
{
    public static string? Refuses(Artifact artifact) =>
        artifact.Kind != S3Site.Kind ? $"A site takes folders ({nameof(S3Site)}.{nameof(S3Site.Folder)}), and can't install the artifact kind '{Naming.Printable(artifact.Kind)}'."
        : artifact.Package is null ? $"The artifact names no folder. Make it with {nameof(S3Site)}.{nameof(S3Site.Folder)}."
        : artifact.Sha256 is { } hash && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigitLower)) ? "The site's Sha256 must be 64 hexadecimal digits in lower case."
        : null;

    public static SiteArguments ArgumentsOf(Revision revision)
    {
        ArgumentNullException.ThrowIfNull(revision);
        Release release = revision.Release;
        if (release.Settings.Count > 0 || release.Secrets.Count > 0)
        {
            throw new DeploymentException($"{revision.Id} has settings or secrets, and a site is files alone: nothing would read them. Build them into the folder, or leave them out.");
        }

        return new SiteArguments(
            revision.Id,
            release.Artifact.Package ?? "",
            release.Artifact.Sha256 ?? throw new DeploymentException($"What is in {Naming.Printable(release.Artifact.Package ?? "")} isn't known. Pin the artifact first ({nameof(IPinArtifacts)}); a pipeline does so before it plans."));
    }
}
