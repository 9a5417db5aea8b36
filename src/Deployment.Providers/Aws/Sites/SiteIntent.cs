namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// What an upload of a revision sets out to do, written before its first file. With it a listing alone tells what a process that died had stored: what has
/// another ETag than before the upload, and the right size, is there whole, since S3 stores an object whole or not at all and only with the right checksum.
/// An ETag itself doesn't tell, where KMS encrypts and for files in parts; nor does it tell headers.
/// </summary>
internal sealed record SiteIntent
{
    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = SiteManifest.Current;

    /// <summary>The revision.</summary>
    public required string Revision { get; init; }

    /// <summary>What it stores, by path in the site.</summary>
    public required IReadOnlyDictionary<string, SiteIntentEntry> Files { get; init; }

    /// <summary>Whether an object is what this upload stored.</summary>
    public bool Stored(string key, ListedObject seen) => Files.TryGetValue(key, out SiteIntentEntry? entry) && seen.ETag != entry.Before && seen.Size == entry.File.Size;
}
