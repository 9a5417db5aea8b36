namespace Deployment.Releases;

/// <summary>What a release's digest is made of.</summary>
/// <param name="Application">The application.</param>
/// <param name="Version">The version, where nothing else tells one content from another.</param>
/// <param name="Artifact">The artifact; where its content is known by a hash it doesn't matter where the archive lies.</param>
internal sealed record ReleaseIdentity(string Application, string? Version, Artifact Artifact)
{
    private const int HexadecimalDigits = 64;

    /// <summary>Whether a hash says what the artifact contains: that of an archive, which targets check before they unpack it, and that of an image, by which it is run.</summary>
    internal static bool KnowsContent(Artifact artifact) =>
        (artifact.Package is not null || artifact.Kind == Artifact.ImageKind) && artifact.Sha256 is { Length: HexadecimalDigits } hash && hash.All(char.IsAsciiHexDigit);

    internal static ReleaseIdentity Of(Release release) => KnowsContent(release.Artifact)
        ? new(release.Application, null, release.Artifact with { Package = null, Location = release.Artifact.Kind == Artifact.ImageKind ? null : release.Artifact.Location, Sha256 = release.Artifact.Sha256!.ToLowerInvariant() })
        : new(release.Application, release.Version, release.Artifact);
}
