namespace Deployment.Providers.Aws.Sites;

/// <summary>What was seen of a site.</summary>
internal sealed record SiteState
{
    /// <summary>What stands before the site's paths in the bucket.</summary>
    public required string Root { get; init; }

    /// <summary>Its objects by path, without our records.</summary>
    public required IReadOnlyDictionary<string, ListedObject> Objects { get; init; }

    /// <summary>Our records, by path as well.</summary>
    public IReadOnlyDictionary<string, ListedObject> Records { get; init; } = new Dictionary<string, ListedObject>();

    /// <summary>The manifest of what stands; null where none is ours.</summary>
    public SiteManifest? Served { get; init; }

    /// <summary>The manifests of revisions, the served one's among them.</summary>
    public IReadOnlyList<SiteManifest> Others { get; init; } = [];

    /// <summary>What uploads set out to do that didn't come to their end.</summary>
    public IReadOnlyList<SiteIntent> Intents { get; init; } = [];

    /// <summary>What uploads set out to do that did.</summary>
    public IReadOnlyList<SiteIntent> Finished { get; init; } = [];

    /// <summary>Whether a record is there.</summary>
    public bool Has(string record) => Records.ContainsKey(record);

    /// <summary>The ETag of what is served's record, empty where there is none.</summary>
    public string ServedETag => Records.TryGetValue(SiteKeys.Served, out ListedObject? seen) ? seen.ETag : "";

    /// <summary>The SHA-256 of what is at a path, where one of our manifests knows it.</summary>
    public string? Sha256Of(string key, ListedObject seen) =>
        Manifests.Select(manifest => manifest.Files.GetValueOrDefault(key)).FirstOrDefault(entry => entry is not null && entry.ETag == seen.ETag && entry.Size == seen.Size)?.Sha256;

    /// <summary>Whether one of our uploads stored what is at a path.</summary>
    public bool IsOurs(string key, ListedObject seen) => Sha256Of(key, seen) is not null || Intents.Any(intent => intent.Stored(key, seen));

    /// <summary>The number of the next manifest.</summary>
    public long NextSequence => Manifests.Select(manifest => manifest.Sequence).DefaultIfEmpty().Max() + 1;

    private IEnumerable<SiteManifest> Manifests => Served is null ? Others : Others.Prepend(Served);
}
