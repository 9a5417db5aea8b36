using System.Text.Json.Serialization;

namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// What an upload of a revision sets out to do, written before its first file. With it a listing tells what a process that died may have stored: what has
/// another ETag than before the upload, and the right size. Whether it did, and nobody else, tells the checksum that S3 has of it (<see cref="SiteClaims"/>).
/// An ETag itself doesn't, where KMS encrypts and for files in parts; nor does it tell headers.
/// </summary>
internal sealed record SiteIntent
{
    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = SiteManifest.Current;

    /// <summary>The revision.</summary>
    public required string Revision { get; init; }

    /// <summary>The epoch of the run that stores it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Epoch { get; init; }

    /// <summary>The revision that was served when it began; null for none. Going back to that one, what it took the place of is put back.</summary>
    public string? Over { get; init; }

    /// <summary>What it stores, by path in the site.</summary>
    public required IReadOnlyDictionary<string, SiteIntentEntry> Files { get; init; }

    /// <summary>Whether an object may be what this upload stored.</summary>
    public bool Stored(string key, ListedObject seen) => Files.TryGetValue(key, out SiteIntentEntry? entry) && seen.ETag != entry.Before && seen.Size == entry.File.Size;
}
