namespace Deployment.Providers.Aws.Sites;

/// <summary>What is to be there at a path of a site.</summary>
/// <param name="Key">The path.</param>
/// <param name="Sha256">The SHA-256 of what is stored.</param>
/// <param name="Size">How many bytes are stored.</param>
/// <param name="Headers">With which headers it is served.</param>
internal sealed record SiteItem(string Key, string Sha256, long Size, SiteHeaders Headers)
{
    /// <summary>The file that it can be read from; null where there is none any more.</summary>
    public SiteFile? File { get; init; }

    /// <summary>The key in the bucket of an object that has its content, to be copied; null where it must be uploaded.</summary>
    public string? Copy { get; init; }

    /// <summary>The ETag by which that object has its content; null where its key says it.</summary>
    public string? CopyETag { get; init; }

    /// <summary>Whether it is left out where its content is found nowhere any more.</summary>
    public bool IsOptional { get; init; }

    /// <summary>See <see cref="SiteEntry.Age"/>.</summary>
    public int Age { get; init; }

    public static SiteItem Of(SiteFile file) => new(file.Key, file.Sha256, file.Size, file.Headers) { File = file };

    public static SiteItem Of(string key, SiteEntry entry) => new(key, entry.Sha256, entry.Size, entry.Headers) { Age = entry.Age };
}
