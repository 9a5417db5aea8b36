namespace Deployment.Providers.Aws.Sites;

/// <summary>An object as S3 tells of it alone.</summary>
/// <param name="Seen">What a listing shows of it.</param>
/// <param name="Checksum">The SHA-256 that it was stored with, in base64; of an object in parts the SHA-256 over those of its parts, with a dash and their number. Null where it was stored without.</param>
internal sealed record StoredObject(ListedObject Seen, string? Checksum)
{
    /// <summary>Whether it was stored with a SHA-256.</summary>
    /// <param name="checksum">The SHA-256 in base64; how many parts there are doesn't matter.</param>
    public bool Has(string checksum) => Checksum is not null && Checksum.Split('-')[0] == checksum.Split('-')[0];
}
