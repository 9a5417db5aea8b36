namespace Deployment.Providers.Aws.Sites;

/// <summary>What an install would do.</summary>
internal sealed partial class AtomicSite
{
    // A smaller file is sent sooner than S3 copies it.
    private const int CopyFrom = 64 * 1024;

    /// <summary>What an install would do, and what it was planned from.</summary>
    /// <param name="revision">The revision.</param>
    /// <param name="content">Its files.</param>
    /// <param name="previous">The one that is served; null for none.</param>
    /// <param name="records">What <see cref="ReadAsync"/> saw.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<(SitePlan Plan, SiteState Seen)> PlanAsync(string revision, SiteContent content, SiteManifest? previous, SiteState records, CancellationToken cancellationToken) =>
        PlanAsync(revision, content.Hash, [.. content.Files.Select(file => FromHere(file, previous))], previous, records, cancellationToken);

    /// <summary>The same from another revision with this content, which stands or is kept: nothing is uploaded, and no folder is needed.</summary>
    /// <param name="revision">The revision.</param>
    /// <param name="source">The other one.</param>
    /// <param name="previous">The one that is served; null for none.</param>
    /// <param name="records">What <see cref="ReadAsync"/> saw.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<(SitePlan Plan, SiteState Seen)> PlanFromAsync(string revision, SiteManifest source, SiteManifest? previous, SiteState records, CancellationToken cancellationToken) => PlanAsync(
        revision,
        source.Content,
        [.. Own(source).Select(file => SiteItem.Of(file.Key, file.Value) with { Headers = HeadersOf(file, source), Copy = Root(source.Revision) + file.Key, CopyETag = file.Value.ETag })],
        previous,
        records,
        cancellationToken);

    /// <summary>Whether what a revision has stored is what the options would store now: what is compressed isn't found out from what isn't.</summary>
    public bool IsStoredAlike(SiteManifest source)
    {
        var rules = new SiteHeaderRules(options);
        return Own(source).All(file => rules.Of(file.Key, source.Files.ContainsKey).Encoding == file.Value.Encoding);
    }

    private async Task<(SitePlan Plan, SiteState Seen)> PlanAsync(string revision, string hash, SiteItem[] files, SiteManifest? before, SiteState records, CancellationToken cancellationToken)
    {
        RefuseAnothers(revision, records);
        SiteItem[] items = [.. files, .. Carried(files, before)];
        string root = Root(revision);
        Dictionary<string, ListedObject> found = await bucket.ListAsync(root, Likely(root, items.Select(item => item.Key)), cancellationToken).ConfigureAwait(false);
        SiteState seen = records with
        {
            Root = root,
            Objects = found.ToDictionary(seen => seen.Key[root.Length..], seen => seen.Value, StringComparer.Ordinal),
            Served = records.Others.FirstOrDefault(manifest => manifest.Revision == revision),
            Others = [],
            Intents = [.. records.Intents.Where(intent => intent.Revision == revision)],
        };
        HashSet<string> keys = items.Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        SitePlan plan = SitePlanner.Plan(new SiteGoal { Revision = revision, Content = hash, Items = items }, seen);
        return (plan with { Problem = SiteRemovalLimit.Problem(before, keys.Contains, options.RemovalLimit) }, seen with { Others = records.Others });
    }

    private SiteItem FromHere(SiteFile file, SiteManifest? before)
    {
        SiteItem item = SiteItem.Of(file);
        return file.Size >= CopyFrom && before?.Files.GetValueOrDefault(file.Key) is { ETag: not null } entry && entry.Sha256 == file.Sha256 && entry.Size == file.Size
            ? item with { Copy = Root(before.Revision) + file.Key, CopyETag = entry.ETag }
            : item;
    }

    private IEnumerable<SiteItem> Carried(IEnumerable<SiteItem> files, SiteManifest? before)
    {
        HashSet<string> own = files.Select(file => file.Key).ToHashSet(StringComparer.Ordinal);
        return (before?.Files ?? new Dictionary<string, SiteEntry>())
            .Where(file => !own.Contains(file.Key) && file.Value.Age < options.Revisions && SiteHeaderRules.IsHashedAsset(file.Key, file.Value.Headers))
            .Select(file => SiteItem.Of(file.Key, file.Value) with { Age = file.Value.Age + 1, Copy = Root(before!.Revision) + file.Key, CopyETag = file.Value.ETag, IsOptional = true });
    }

    private SiteHeaders HeadersOf(KeyValuePair<string, SiteEntry> file, SiteManifest source) => new SiteHeaderRules(options).Of(file.Key, source.Files.ContainsKey) with { Encoding = file.Value.Encoding };

    private static IEnumerable<KeyValuePair<string, SiteEntry>> Own(SiteManifest manifest) => manifest.Files.Where(file => file.Value.Age == 0);
}
