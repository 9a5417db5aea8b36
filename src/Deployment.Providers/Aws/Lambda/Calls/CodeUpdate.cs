namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>Asks for other code: bytes of a zip, an object of S3, or an image.</summary>
internal sealed record CodeUpdate
{
    public byte[]? ZipFile { get; init; }

    public string? S3Bucket { get; init; }

    public string? S3Key { get; init; }

    public string? S3ObjectVersion { get; init; }

    public string? ImageUri { get; init; }

    /// <summary>What was read before; it is refused where that has changed since.</summary>
    public string? RevisionId { get; init; }
}
