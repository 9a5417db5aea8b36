using System.Text.Json.Serialization;

namespace Deployment.Providers.Aws.Sites;

/// <summary>A file as a manifest has it.</summary>
internal sealed record SiteEntry
{
    /// <summary>The SHA-256 of what is stored, 64 hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>How many bytes are stored.</summary>
    public required long Size { get; init; }

    /// <summary>The ETag that S3 gave it, without quotes; null where it isn't known yet.</summary>
    public string? ETag { get; init; }

    /// <summary>The content type.</summary>
    public required string Type { get; init; }

    /// <summary>The cache control.</summary>
    public required string Cache { get; init; }

    /// <summary>The content encoding; null for none.</summary>
    public string? Encoding { get; init; }

    /// <summary>0 for a file of the revision; else for how many newer revisions it was kept because pages that were opened before may ask for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Age { get; init; }

    [JsonIgnore]
    internal SiteHeaders Headers => new(Type, Cache, Encoding);

    internal static SiteEntry Of(SiteItem item, string? etag) => new()
    {
        Sha256 = item.Sha256,
        Size = item.Size,
        ETag = etag,
        Type = item.Headers.Type,
        Cache = item.Headers.Cache,
        Encoding = item.Headers.Encoding,
        Age = item.Age,
    };

    /// <summary>Whether what is stored, and with which headers, is the same.</summary>
    internal bool Is(SiteItem item) => Sha256 == item.Sha256 && Size == item.Size && Headers == item.Headers;
}
