namespace Deployment.Releases;

/// <summary>What a release's digest is made of.</summary>
/// <param name="Application">The application.</param>
/// <param name="Version">The version, where nothing else tells one content from another.</param>
/// <param name="Artifact">The artifact; where its content is known by a hash it doesn't matter where the archive lies.</param>
internal sealed record ReleaseIdentity(string Application, string? Version, Artifact Artifact)
{
    private const int HexadecimalDigits = 64;

    /// <summary>Whether a hash says what the artifact contains. Targets check the hash of an archive before they unpack it; of nothing else.</summary>
    internal static bool KnowsContent(Artifact artifact) =>
        artifact is { Package: not null, Sha256.Length: HexadecimalDigits } && artifact.Sha256.All(char.IsAsciiHexDigit);

    internal static ReleaseIdentity Of(Release release) => KnowsContent(release.Artifact)
        ? new(release.Application, null, release.Artifact with { Package = null, Sha256 = release.Artifact.Sha256!.ToLowerInvariant() })
        : new(release.Application, release.Version, release.Artifact);
}
