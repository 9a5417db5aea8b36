using System.Text.Json.Serialization;

namespace Deployment.Providers.Aws.Sites;

/// <summary>What a revision of a site consists of: kept beside it, one for each revision, and in place one more for what is served.</summary>
internal sealed record SiteManifest
{
    public const int Current = 1;

    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = Current;

    /// <summary>The revision.</summary>
    public required string Revision { get; init; }

    /// <summary>What it was made of: <see cref="SiteContent.Hash"/>.</summary>
    public required string Content { get; init; }

    /// <summary>Which one it is among those of the site; the highest was served last.</summary>
    public required long Sequence { get; init; }

    /// <summary>The epoch of the run that made it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Epoch { get; init; }

    /// <summary>Whose revision below a prefix of its own it is: the target and its distribution. Null for a site in place.</summary>
    public string? Owner { get; init; }

    /// <summary>The ETag of the record that it was read from, or written to last; null where it is none yet.</summary>
    [JsonIgnore]
    public string? RecordETag { get; init; }

    /// <summary>Whether users had it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HadUsers { get; init; }

    /// <summary>Whether it is kept for a way back alone: it stands no more, and goes when enough newer ones do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsRetired { get; init; }

    /// <summary>Its files by their paths in the site.</summary>
    public required IReadOnlyDictionary<string, SiteEntry> Files { get; init; }
}
