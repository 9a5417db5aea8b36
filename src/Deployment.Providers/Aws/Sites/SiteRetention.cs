namespace Deployment.Providers.Aws.Sites;

/// <summary>Which of our records are still needed.</summary>
internal sealed class SiteRetention
{
    private readonly SiteState _seen;
    private readonly HashSet<string> _revisions;

    private SiteRetention(SiteState seen, IEnumerable<SiteManifest> manifests)
    {
        _seen = seen;
        SiteManifest[] all = [.. manifests];
        _revisions = all.Select(manifest => manifest.Revision).ToHashSet(StringComparer.Ordinal);
        Kept = all.SelectMany(manifest => manifest.Files.Values).Select(entry => SiteKeys.Kept(entry.Sha256))
            .Concat(seen.Finished.Where(intent => _revisions.Contains(intent.Revision)).SelectMany(intent => intent.Files.Values).Select(entry => entry.Replaced).OfType<string>())
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>What is kept that a way back may need.</summary>
    public IReadOnlySet<string> Kept { get; }

    /// <param name="seen">What was seen of a site that is served in place.</param>
    /// <param name="revisions">How many revisions before the served one can be gone back to.</param>
    public static SiteRetention Of(SiteState seen, int revisions) =>
        new(seen, seen.Others.Where(manifest => manifest.Revision == seen.Served?.Revision).Concat(seen.Others.Where(manifest => manifest.Revision != seen.Served?.Revision).Take(revisions)));

    /// <summary>The records that nothing needs any more; none while one can't be read, since nobody knows what that one needs.</summary>
    public IEnumerable<string> Records() => _seen.Unreadable.Count > 0 ? [] : _seen.Records.Keys.Where(record =>
        record != SiteKeys.Served
        && (record.StartsWith(SiteKeys.Kept(""), StringComparison.Ordinal) ? !Kept.Contains(record) : !_revisions.Any(revision => record == SiteKeys.Manifest(revision) || (record == SiteKeys.Intent(revision) && Replaces(revision)))));

    private bool Replaces(string revision) => _seen.Finished.Any(intent => intent.Revision == revision && intent.Files.Values.Any(entry => entry.Replaced is not null));
}
