namespace Deployment.Tests.S3;

/// <summary>An object: its bytes, in one or more pieces, and what is served with them.</summary>
internal sealed record SmallS3Object(IReadOnlyList<byte[]> Pieces, string ETag, IReadOnlyDictionary<string, string> Headers, DateTimeOffset Modified)
{
    /// <summary>The SHA-256 that was sent with it, in base64; of an object in parts that of its parts' (userguide/checking-object-integrity-upload.html).</summary>
    public string? Checksum { get; init; }

    public long Size { get; } = Pieces.Sum(piece => (long)piece.Length);

    public byte[] Bytes => Pieces.Count == 1 ? Pieces[0] : [.. Pieces.SelectMany(piece => piece)];
}
