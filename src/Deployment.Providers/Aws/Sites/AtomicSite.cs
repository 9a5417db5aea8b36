using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// A site whose revisions lie each below a prefix of its own, between which a distribution switches. A page that was opened before a switch asks for its
/// assets by paths that now stand for the other prefix, so each prefix has the hashed assets of its neighbours too: an install brings those of the revisions
/// before along (<see cref="InstallAsync"/>), and <see cref="ShareAsync"/> puts its own into the one that is served, before the switch: while it takes place
/// both are served, and a way back finds them.
/// </summary>
/// <param name="bucket">The bucket.</param>
/// <param name="options">How files are stored.</param>
/// <param name="owner">Whose site it is: see <see cref="SiteManifest.Owner"/>.</param>
/// <param name="time">The clock.</param>
/// <param name="progress">Who is told how far it is.</param>
internal sealed partial class AtomicSite(SiteBucket bucket, SiteOptions options, string owner, TimeProvider time, IProgress<SiteProgress>? progress = null)
{
    private readonly SiteLedger _ledger = new(bucket, options);

    /// <summary>What stands before a revision's paths in the bucket.</summary>
    public string Root(string revision) => $"{options.Prefix}{Folder(revision)}/";

    /// <summary>The records: of the manifests the owner's alone, the newest first.</summary>
    public async Task<SiteState> ReadAsync(CancellationToken cancellationToken)
    {
        SiteState records = await _ledger.ReadRecordsAsync(cancellationToken).ConfigureAwait(false);
        return records with { Others = [.. records.Others.Where(IsOwn)] };
    }

    /// <summary>The manifest of one revision; null where there is none of the owner's.</summary>
    public async Task<SiteManifest?> FindAsync(string revision, CancellationToken cancellationToken) =>
        await _ledger.FindManifestAsync(revision, cancellationToken).ConfigureAwait(false) is { } found && IsOwn(found) ? found : null;

    /// <summary>Looks whether the revision's own files are as they were stored; what was carried along may be gone.</summary>
    /// <returns>One that isn't; null where all are.</returns>
    public async Task<string?> MissingAsync(SiteManifest manifest, CancellationToken cancellationToken)
    {
        string root = Root(manifest.Revision);
        Dictionary<string, ListedObject> found = await bucket.ListAsync(root, Likely(root, manifest.Files.Keys), cancellationToken).ConfigureAwait(false);
        return manifest.Files
            .Where(file => file.Value.Age == 0 && !(found.TryGetValue(root + file.Key, out ListedObject? seen) && seen.Size == file.Value.Size && seen.ETag == file.Value.ETag))
            .Select(file => file.Key)
            .FirstOrDefault();
    }

    /// <summary>Another revision with some content, all of whose files are there; null for none.</summary>
    public async Task<SiteManifest?> FindWholeAsync(string content, string revision, SiteState records, CancellationToken cancellationToken)
    {
        foreach (SiteManifest same in records.Others.Where(made => made.Content == content && made.Revision != revision))
        {
            if (await MissingAsync(same, cancellationToken).ConfigureAwait(false) is null)
            {
                return same;
            }
        }

        return null;
    }

    /// <summary>Stores a revision below its prefix; users see no change. It may be repeated.</summary>
    /// <param name="planned">What is to be done, and what it was planned from.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Its manifest.</returns>
    /// <exception cref="DeploymentException">It would lack too much of what is served, or failed.</exception>
    public async Task<SiteManifest> InstallAsync((SitePlan Plan, SiteState Seen) planned, CancellationToken cancellationToken)
    {
        (SitePlan plan, SiteState seen) = planned;
        IReadOnlyDictionary<string, string> etags = await new SiteUpload(bucket, options, time, progress).RunAsync(plan.Allowed(), seen, _ => true, cancellationToken).ConfigureAwait(false);
        if (plan.Moves.Count == 0 && seen.Served is { } stands && stands.Content == plan.Content)
        {
            return stands;
        }

        SiteManifest made = plan.Manifest(etags, seen.Served?.Sequence ?? seen.NextSequence) with { Owner = owner, HadUsers = seen.Served?.HadUsers ?? false, RecordETag = seen.Served?.RecordETag };
        SiteManifest manifest = await WriteAsync(made with { Files = WithShared(made.Files, seen) }, cancellationToken).ConfigureAwait(false);
        await _ledger.ForgetAsync([SiteKeys.Intent(plan.Revision)], cancellationToken).ConfigureAwait(false);
        return manifest;
    }

    /// <summary>Copies the hashed assets of one revision to where another one's pages are served from. It may be repeated.</summary>
    /// <param name="source">The one whose assets they are.</param>
    /// <param name="target">The one below whose prefix they are found afterwards.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The manifest of the other one, as it is then.</returns>
    public async Task<SiteManifest> ShareAsync(SiteManifest source, SiteManifest target, CancellationToken cancellationToken)
    {
        SortedDictionary<string, SiteEntry> files = new(target.Files.ToDictionary(), KeyOrder.Instance);
        SiteMove[] moves = [.. source.Files
            .Where(file => SiteHeaderRules.IsHashedAsset(file.Key, file.Value.Headers) && (!target.Files.TryGetValue(file.Key, out SiteEntry? there) || there.ETag is null))
            .Select(file => new SiteMove(SiteItem.Of(file.Key, file.Value) with { Copy = Root(source.Revision) + file.Key, CopyETag = file.Value.ETag, IsOptional = true, Age = 1 }, null, false))];
        if (moves.Length == 0)
        {
            return target;
        }

        // Written down first, so that whatever becomes of this process they are removed with the revision.
        Array.ForEach(moves, move => files[move.Item.Key] = SiteEntry.Of(move.Item, null));
        target = await WriteAsync(target with { Files = files }, cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, string> etags = await new SiteTransfer(bucket, options, time, progress).RunAsync(moves, Root(target.Revision), cancellationToken).ConfigureAwait(false);
        SortedDictionary<string, SiteEntry> stored = new(files, KeyOrder.Instance);
        foreach (SiteMove move in moves)
        {
            if (etags.TryGetValue(move.Item.Key, out string? etag))
            {
                stored[move.Item.Key] = SiteEntry.Of(move.Item, etag);
            }
            else
            {
                stored.Remove(move.Item.Key);
            }
        }

        return await WriteAsync(target with { Files = stored }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes of a revision that users had it, or that it is kept for a way back alone.</summary>
    /// <returns>Its manifest, as it is then.</returns>
    public async Task<SiteManifest> MarkAsync(SiteManifest manifest, bool hadUsers, bool isRetired, CancellationToken cancellationToken) =>
        manifest.HadUsers == hadUsers && manifest.IsRetired == isRetired
            ? manifest
            : await WriteAsync(manifest with { HadUsers = hadUsers, IsRetired = isRetired }, cancellationToken).ConfigureAwait(false);

    /// <summary>Removes a revision: what its records put there, and then the records. The caller knows that it isn't served.</summary>
    /// <param name="revision">The revision.</param>
    /// <param name="records">What <see cref="ReadAsync"/> saw.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task RemoveAsync(string revision, SiteState records, CancellationToken cancellationToken)
    {
        records.Require(SiteKeys.Manifest(revision), SiteKeys.Intent(revision));
        SiteManifest? manifest = records.Others.FirstOrDefault(made => made.Revision == revision);
        if (manifest is null && records.Has(SiteKeys.Manifest(revision)))
        {
            // Another target's: nothing of ours stands there.
            return;
        }

        string root = Root(revision);
        SiteIntent? intent = records.Intents.Concat(records.Finished).FirstOrDefault(begun => begun.Revision == revision);
        if (intent is not null)
        {
            await new SiteUpload(bucket, options, time, progress).AbortLeftoversAsync(intent, root, cancellationToken).ConfigureAwait(false);
        }

        Dictionary<string, ListedObject> found = await bucket.ListAsync(root, Likely(root, manifest?.Files.Keys ?? []), cancellationToken).ConfigureAwait(false);
        await bucket.RemoveAsync([.. found.Where(seen => IsOf(seen.Key[root.Length..], seen.Value, manifest, intent)).Select(seen => seen.Key)], cancellationToken).ConfigureAwait(false);
        await _ledger.ForgetAsync([SiteKeys.Manifest(revision), SiteKeys.Intent(revision)], cancellationToken).ConfigureAwait(false);
    }

    // Somebody else may have changed it since it was read: then this is decided anew by whoever runs it again.
    private async Task<SiteManifest> WriteAsync(SiteManifest manifest, CancellationToken cancellationToken) =>
        manifest with { RecordETag = await _ledger.WriteManifestAsync(manifest, manifest.RecordETag ?? "", cancellationToken).ConfigureAwait(false) };

    // What others shared with it before it was mended is its own to remove.
    private static SortedDictionary<string, SiteEntry> WithShared(IReadOnlyDictionary<string, SiteEntry> files, SiteState seen)
    {
        SortedDictionary<string, SiteEntry> all = new(files.ToDictionary(), KeyOrder.Instance);
        foreach ((string key, SiteEntry entry) in seen.Served?.Files.Where(file => file.Value.Age > 0 && seen.Objects.ContainsKey(file.Key)) ?? [])
        {
            all.TryAdd(key, entry);
        }

        return all;
    }

    private bool IsOwn(SiteManifest manifest) => manifest.Owner == owner;

    /// <exception cref="DeploymentException">There is a revision of that name that is another target's.</exception>
    private void RefuseAnothers(string revision, SiteState records)
    {
        if (records.Has(SiteKeys.Manifest(revision)) && !records.Others.Any(made => made.Revision == revision))
        {
            throw new DeploymentException($"{Naming.Printable(revision)} stands at {Naming.PrintableUpTo(Root(revision), SiteKeys.Longest)} in {options.Bucket} for another target than {owner}: a prefix belongs to one target. Give each its own. Nothing was changed.");
        }
    }

    // A '+' in a path is a space to some who read it; no version has two underscores.
    private static string Folder(string revision) => revision.Replace("+", "__", StringComparison.Ordinal);

    private static string[] Likely(string root, IEnumerable<string> keys) => [.. keys.Select(key => root + key).Order(KeyOrder.Instance)];

    private static bool IsOf(string key, ListedObject seen, SiteManifest? manifest, SiteIntent? intent) =>
        (manifest?.Files.GetValueOrDefault(key) is { } entry && entry.Size == seen.Size && (entry.ETag ?? seen.ETag) == seen.ETag) || intent?.Stored(key, seen) == true;
}
