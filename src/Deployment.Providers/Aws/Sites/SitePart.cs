namespace Deployment.Providers.Aws.Sites;

/// <summary>A part of a large file.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Size">How many bytes it has.</param>
/// <param name="Sha256">Their SHA-256.</param>
internal sealed record SitePart(long Offset, int Size, byte[] Sha256);
