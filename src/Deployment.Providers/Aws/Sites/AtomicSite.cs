using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// A site whose revisions lie each below a prefix of its own, between which a distribution switches. A page that was opened before a switch asks for its
/// assets by paths that now stand for the other prefix, so each prefix has the hashed assets of its neighbours too: an install brings those of the revisions
/// before along (<see cref="InstallFromAsync"/>), and <see cref="ShareAsync"/> puts its own into the one that is served, before the switch: while it takes place
/// both are served, and a way back finds them.
/// </summary>
internal sealed class AtomicSite(SiteBucket bucket, SiteOptions options, TimeProvider time, IProgress<SiteProgress>? progress = null)
{
    // A smaller file is sent sooner than S3 copies it.
    private const int CopyFrom = 64 * 1024;

    private readonly SiteLedger _ledger = new(bucket, options);

    /// <summary>What stands before a revision's paths in the bucket.</summary>
    public string Root(string revision) => $"{options.Prefix}{Folder(revision)}/";

    /// <summary>The revisions that stand whole, the newest first.</summary>
    public async Task<IReadOnlyList<SiteManifest>> RevisionsAsync(CancellationToken cancellationToken) => (await _ledger.ReadRecordsAsync(cancellationToken).ConfigureAwait(false)).Others;

    /// <summary>What an install would do, and what it was planned from.</summary>
    /// <param name="revision">The revision.</param>
    /// <param name="content">Its files.</param>
    /// <param name="previous">The one that is served; null for none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<(SitePlan Plan, SiteState Seen)> PlanAsync(string revision, SiteContent content, string? previous, CancellationToken cancellationToken) =>
        PlanAsync(revision, content.Hash, before => content.Files.Select(file => FromHere(file, before)), previous, cancellationToken);

    private async Task<(SitePlan Plan, SiteState Seen)> PlanAsync(string revision, string hash, Func<SiteManifest?, IEnumerable<SiteItem>> own, string? previous, CancellationToken cancellationToken)
    {
        SiteState records = await _ledger.ReadRecordsAsync(cancellationToken).ConfigureAwait(false);
        SiteManifest? before = previous is null ? null : Find(records, previous);
        SiteItem[] files = [.. own(before)];
        SiteItem[] items = [.. files, .. Carried(files, before)];
        string root = Root(revision);
        Dictionary<string, ListedObject> found = await bucket.ListAsync(root, [.. items.Select(item => root + item.Key).Order(KeyOrder.Instance)], cancellationToken).ConfigureAwait(false);
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

    /// <summary>Stores a revision below its prefix; users see no change. It may be repeated.</summary>
    /// <returns>Its manifest.</returns>
    /// <exception cref="DeploymentException">It would lack too much of what is served, or failed.</exception>
    public async Task<SiteManifest> InstallAsync(string revision, SiteContent content, string? previous, CancellationToken cancellationToken) =>
        await InstallAsync(await PlanAsync(revision, content, previous, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>The same from another revision with this content, which stands or is kept: nothing is uploaded, and no folder is needed.</summary>
    /// <returns>Its manifest.</returns>
    /// <exception cref="DeploymentException">It would lack too much of what is served, or failed.</exception>
    public async Task<SiteManifest> InstallFromAsync(string revision, SiteManifest source, string? previous, CancellationToken cancellationToken) =>
        await InstallAsync(
            await PlanAsync(
                revision,
                source.Content,
                _ => source.Files.Where(file => file.Value.Age == 0).Select(file => SiteItem.Of(file.Key, file.Value) with { Copy = Root(source.Revision) + file.Key, CopyETag = file.Value.ETag }),
                previous,
                cancellationToken).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);

    private async Task<SiteManifest> InstallAsync((SitePlan Plan, SiteState Seen) planned, CancellationToken cancellationToken)
    {
        (SitePlan plan, SiteState seen) = planned;
        IReadOnlyDictionary<string, string> etags = await new SiteUpload(bucket, options, time, progress).RunAsync(plan.Allowed(), seen, _ => true, cancellationToken).ConfigureAwait(false);
        if (plan.Moves.Count == 0 && seen.Served is { } stands)
        {
            return stands;
        }

        SiteManifest manifest = plan.Manifest(etags, seen.Served?.Sequence ?? seen.NextSequence);
        await _ledger.WriteManifestAsync(manifest, cancellationToken).ConfigureAwait(false);
        await _ledger.ForgetAsync([SiteKeys.Intent(plan.Revision)], cancellationToken).ConfigureAwait(false);
        return manifest;
    }

    /// <summary>Copies the hashed assets of one revision to where another one's pages are served from. It may be repeated.</summary>
    /// <param name="from">The one whose assets they are.</param>
    /// <param name="to">The one below whose prefix they are found afterwards.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task ShareAsync(string from, string to, CancellationToken cancellationToken)
    {
        SiteManifest source = await _ledger.ReadManifestAsync(from, cancellationToken).ConfigureAwait(false);
        SiteManifest target = await _ledger.ReadManifestAsync(to, cancellationToken).ConfigureAwait(false);
        SortedDictionary<string, SiteEntry> files = new(target.Files.ToDictionary(), KeyOrder.Instance);
        SiteMove[] moves = [.. source.Files
            .Where(file => SiteHeaderRules.IsHashedAsset(file.Key, file.Value.Headers) && (!target.Files.TryGetValue(file.Key, out SiteEntry? there) || there.ETag is null))
            .Select(file => new SiteMove(SiteItem.Of(file.Key, file.Value) with { Copy = Root(from) + file.Key, CopyETag = file.Value.ETag, IsOptional = true, Age = 1 }, null, false))];
        if (moves.Length == 0)
        {
            return;
        }

        // Written down first, so that whatever becomes of this process they are removed with the revision.
        Array.ForEach(moves, move => files[move.Item.Key] = SiteEntry.Of(move.Item, null));
        await _ledger.WriteManifestAsync(target with { Files = files }, cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, string> etags = await new SiteTransfer(bucket, options, time, progress).RunAsync(moves, Root(to), cancellationToken).ConfigureAwait(false);
        foreach (SiteMove move in moves)
        {
            if (etags.TryGetValue(move.Item.Key, out string? etag))
            {
                files[move.Item.Key] = SiteEntry.Of(move.Item, etag);
            }
            else
            {
                files.Remove(move.Item.Key);
            }
        }

        await _ledger.WriteManifestAsync(target with { Files = files }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes of a revision that users had it, or that it is kept for a way back alone.</summary>
    /// <returns>Its manifest; null where there is none.</returns>
    public async Task<SiteManifest?> MarkAsync(string revision, bool? hadUsers, bool? isRetired, CancellationToken cancellationToken)
    {
        SiteManifest? manifest = (await RevisionsAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(made => made.Revision == revision);
        if (manifest is null)
        {
            return null;
        }

        SiteManifest marked = manifest with { HadUsers = hadUsers ?? manifest.HadUsers, IsRetired = isRetired ?? manifest.IsRetired };
        if (marked != manifest)
        {
            await _ledger.WriteManifestAsync(marked, cancellationToken).ConfigureAwait(false);
        }

        return marked;
    }

    /// <summary>Removes a revision: what its records put there, and then the records. The caller knows that it isn't served.</summary>
    public async Task RemoveAsync(string revision, CancellationToken cancellationToken)
    {
        SiteState records = await _ledger.ReadRecordsAsync(cancellationToken).ConfigureAwait(false);
        records.Require(SiteKeys.Manifest(revision), SiteKeys.Intent(revision));
        string root = Root(revision);
        SiteManifest? manifest = records.Others.FirstOrDefault(made => made.Revision == revision);
        SiteIntent? intent = records.Intents.Concat(records.Finished).FirstOrDefault(begun => begun.Revision == revision);
        if (intent is not null)
        {
            await new SiteUpload(bucket, options, time, progress).AbortLeftoversAsync(intent, root, cancellationToken).ConfigureAwait(false);
        }

        Dictionary<string, ListedObject> found = await bucket.ListAsync(root, cancellationToken).ConfigureAwait(false);
        await bucket.RemoveAsync([.. found.Where(seen => IsOf(seen.Key[root.Length..], seen.Value, manifest, intent)).Select(seen => seen.Key)], cancellationToken).ConfigureAwait(false);
        await _ledger.ForgetAsync([SiteKeys.Manifest(revision), SiteKeys.Intent(revision)], cancellationToken).ConfigureAwait(false);
    }

    // A '+' in a path is a space to some who read it; no version has two underscores.
    private static string Folder(string revision) => revision.Replace("+", "__", StringComparison.Ordinal);

    private static bool IsOf(string key, ListedObject seen, SiteManifest? manifest, SiteIntent? intent) =>
        (manifest?.Files.GetValueOrDefault(key) is { } entry && entry.Size == seen.Size && (entry.ETag ?? seen.ETag) == seen.ETag) || intent?.Stored(key, seen) == true;

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

    private static SiteManifest Find(SiteState records, string revision) => records.Others.FirstOrDefault(manifest => manifest.Revision == revision)
        ?? throw new DeploymentException($"There is no record of {Naming.Printable(revision)}, which is served: it was never deployed whole, or its record is gone.");
}
