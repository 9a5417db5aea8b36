using System.Collections.Immutable;
using System.Globalization;

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

    /// <summary>The paths of objects that aren't what an upload set out to store, though as long: see <see cref="SiteClaims"/>.</summary>
    public IReadOnlySet<string> Denied { get; init; } = ImmutableHashSet<string>.Empty;

    /// <summary>Why records can't be used, by their paths. Who needs one of them asks for it (<see cref="Require"/>).</summary>
    public IReadOnlyDictionary<string, string> Unreadable { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The highest epoch of a run that acted on the site, as far as its records tell; 0 for none.</summary>
    public long Epoch => Manifests.Select(manifest => manifest.Epoch).Concat(Intents.Concat(Finished).Select(intent => intent.Epoch)).DefaultIfEmpty().Max();

    /// <summary>Whether a record is there.</summary>
    public bool Has(string record) => Records.ContainsKey(record);

    /// <summary>The ETag of what is served's record, empty where there is none.</summary>
    public string ServedETag => Records.TryGetValue(SiteKeys.Served, out ListedObject? seen) ? seen.ETag : "";

    /// <summary>The SHA-256 of what is at a path, where one of our manifests knows it.</summary>
    public string? Sha256Of(string key, ListedObject seen) =>
        Manifests.Select(manifest => manifest.Files.GetValueOrDefault(key)).FirstOrDefault(entry => entry is not null && entry.ETag == seen.ETag && entry.Size == seen.Size)?.Sha256;

    /// <summary>Whether one of our uploads stored what is at a path.</summary>
    public bool IsOurs(string key, ListedObject seen) => Sha256Of(key, seen) is not null || Intents.Any(intent => IsOf(intent, key, seen));

    /// <summary>Whether an upload that didn't come to its end stored what is at a path.</summary>
    public bool IsOf(SiteIntent intent, string key, ListedObject seen) => intent.Stored(key, seen) && !Denied.Contains(key);

    /// <summary>Where what somebody else had at a path is kept, which uploads that didn't come to their end took the place of; null for none.</summary>
    public string? ReplacedAt(string key) => Intents.Select(intent => intent.Files.GetValueOrDefault(key)?.Replaced).FirstOrDefault(kept => kept is not null);

    /// <exception cref="SiteRecordException">One of them is there and can't be used.</exception>
    public void Require(params IEnumerable<string> records)
    {
        if (records.FirstOrDefault(Unreadable.ContainsKey) is { } damaged)
        {
            throw new SiteRecordException(Unreadable[damaged]);
        }
    }

    /// <summary>Refuses to act for a run that another one has overtaken.</summary>
    /// <exception cref="DeploymentException">A newer run was here.</exception>
    public void Fence(long epoch)
    {
        if (Epoch > epoch)
        {
            throw new DeploymentException(string.Create(CultureInfo.InvariantCulture, $"The site was changed by a run with epoch {Epoch}, and this one has {epoch}: another process has taken over, and {Served?.Revision ?? "no revision"} is served. Nothing was changed."));
        }
    }

    /// <summary>The number of the next manifest.</summary>
    public long NextSequence => Manifests.Select(manifest => manifest.Sequence).DefaultIfEmpty().Max() + 1;

    private IEnumerable<SiteManifest> Manifests => Served is null ? Others : Others.Prepend(Served);
}
