using System.Security.Cryptography;

namespace Deployment.Providers.Aws.Sites;

/// <summary>A file of a site as it was read from its folder.</summary>
/// <param name="Key">Its path in the site, with <c>/</c>.</param>
/// <param name="Path">Where it is.</param>
/// <param name="SourceSize">How many bytes it has there.</param>
/// <param name="SourceSha256">Their SHA-256, 64 hexadecimal digits.</param>
/// <param name="Headers">With which headers it is served.</param>
internal sealed record SiteFile(string Key, string Path, long SourceSize, string SourceSha256, SiteHeaders Headers)
{
    /// <summary>How many bytes are stored: fewer where it is compressed.</summary>
    public required long Size { get; init; }

    /// <summary>The SHA-256 of what is stored.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Whether it is compressed before it is stored.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>The parts in which it is uploaded; empty where it goes in one piece.</summary>
    public IReadOnlyList<SitePart> Parts { get; init; } = [];

    /// <summary>What S3 says of it once it is stored: see <see cref="StoredObject.Checksum"/>.</summary>
    public string Checksum => Convert.ToBase64String(Parts.Count == 0 ? Convert.FromHexString(Sha256) : SHA256.HashData([.. Parts.SelectMany(part => part.Sha256)]));
}
