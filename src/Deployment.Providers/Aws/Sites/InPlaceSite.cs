using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// A site that is changed where it lies. Each act looks at what is there, does what is left to do, and may be repeated. What is overwritten or removed is kept
/// (<see cref="SiteKeys.Kept"/>), so that going back needs no folder.
/// </summary>
/// <param name="bucket">Where it lies.</param>
/// <param name="options">How its files are stored.</param>
/// <param name="time">The clock.</param>
/// <param name="epoch">The epoch of the run that acts: what a newer one was at is left to that.</param>
/// <param name="progress">Is told how far an upload is.</param>
internal sealed class InPlaceSite(SiteBucket bucket, SiteOptions options, TimeProvider time, long epoch, IProgress<SiteProgress>? progress = null)
{
    private readonly SiteLedger _ledger = new(bucket, options);
    private readonly SiteClaims _claims = new(bucket, options);
    private readonly SiteUpload _upload = new(bucket, options, time, progress);

    /// <summary>What is there.</summary>
    public Task<SiteState> ReadAsync(CancellationToken cancellationToken) => _ledger.ReadInPlaceAsync(null, cancellationToken);

    /// <summary>What our records tell, without the files.</summary>
    public Task<SiteState> ReadRecordsAsync(CancellationToken cancellationToken) => _ledger.ReadRecordsAsync(cancellationToken);

    /// <summary>What is there, sooner where it is much.</summary>
    /// <param name="content">What may be there.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<SiteState> ReadAsync(SiteContent content, CancellationToken cancellationToken) => _ledger.ReadInPlaceAsync([.. content.Files.Select(file => file.Key)], cancellationToken);

    /// <summary>What a revision would change.</summary>
    public SitePlan Plan(string revision, SiteContent content, SiteState seen) =>
        SitePlanner.Plan(SiteGoal.Of(revision, content) with { Epoch = epoch, Keeps = true, Revisions = options.Revisions, RemovalLimit = options.RemovalLimit }, seen);

    /// <summary>Keeps what will be overwritten or removed, stores what a revision lacks, assets first and pages last, and says that it is served.</summary>
    /// <returns>Its manifest.</returns>
    /// <exception cref="DeploymentException">It would remove too much, another run has overtaken this one, or it failed.</exception>
    public async Task<SiteManifest> SwitchAsync(string revision, SiteContent content, CancellationToken cancellationToken)
    {
        SiteState seen = await BeginAsync(await ReadAsync(content, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        SitePlan plan = Plan(revision, content, seen).Allowed();
        return await RecordAsync(plan, await _upload.RunAsync(plan, seen, _ => true, cancellationToken).ConfigureAwait(false), seen, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Removes what the served revision doesn't have, and what nobody can go back to any more. Where a newer run is at work, or was, it is that one's business.
    /// </summary>
    /// <returns>What became of the files, by their paths.</returns>
    public async Task<SiteRemoval> CleanAsync(CancellationToken cancellationToken)
    {
        SiteState seen = await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (seen.Served is not { } served || seen.Epoch > epoch || seen.Intents.Any(intent => intent.Epoch >= epoch))
        {
            return SiteRemoval.None;
        }

        seen = await _claims.CheckAsync(seen, epoch, cancellationToken).ConfigureAwait(false);
        var goal = new SiteGoal { Revision = served.Revision, Content = served.Content, Items = Items(served), Keeps = true };
        SitePlan plan = SitePlanner.Plan(goal, seen);
        SiteRetention retention = SiteRetention.Of(seen, options.Revisions);
        await _upload.KeepAsync([.. plan.Keeps.Where(keep => plan.Removals.Contains(keep.Key) && retention.Kept.Contains(keep.To))], seen.Root, cancellationToken).ConfigureAwait(false);
        (List<string> back, _) = await UndoAsync(seen.Intents, key => !served.Files.ContainsKey(key), seen, cancellationToken).ConfigureAwait(false);
        SiteRemoval removal = await RemoveAsync(plan.Removals.Except(back), seen, cancellationToken).ConfigureAwait(false);
        if (removal.Problem is null)
        {
            await _ledger.ForgetAsync(retention.Records(), cancellationToken).ConfigureAwait(false);
        }

        return removal;
    }

    /// <summary>
    /// Serves an earlier revision again from what was kept, whether all of a newer one was stored, a part or nothing. What the newer one alone stored is removed,
    /// and what it took the place of is put back, where nobody else has changed it since.
    /// </summary>
    /// <param name="from">The newer one.</param>
    /// <param name="to">The earlier one; null where there was none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="name">What it is called from then on; null for its own name.</param>
    /// <param name="folder">Reads its folder, for what isn't kept; null, or an answer of null, where there is none any more.</param>
    /// <returns>What somebody else has changed and what became of it, each a sentence.</returns>
    /// <exception cref="DeploymentException">Another one than the two is served, something isn't kept any more, another run has overtaken this one, or it failed.</exception>
    public async Task<IReadOnlyList<string>> GoBackAsync(string from, string? to, CancellationToken cancellationToken, string? name = null, Func<CancellationToken, Task<SiteContent?>>? folder = null)
    {
        SiteState seen = await BeginAsync(await ReadAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        if (seen.Served is { } served && served.Revision != from && served.Revision != to && served.Revision != name)
        {
            throw new DeploymentException($"{served.Revision} is served, neither {from} nor {to ?? "what was there before"}: somebody else has deployed meanwhile. Nothing was changed.");
        }

        SiteManifest? earlier = to is null ? null : await _ledger.ReadManifestAsync(to, cancellationToken).ConfigureAwait(false);
        SitePlan plan = await PlanBackAsync(earlier, name ?? to ?? from, seen, folder, cancellationToken).ConfigureAwait(false);
        // Uploads that didn't come to their end never were; one that did is undone where this is what was served before it.
        SiteIntent[] undone = [.. seen.Intents.Where(intent => to is null || intent.Revision != plan.Revision), .. seen.Finished.Where(intent => intent.Revision == from && from != to && intent.Over == to)];
        await _upload.KeepAsync(plan.Keeps, seen.Root, cancellationToken).ConfigureAwait(false);
        (List<string> back, List<string> left) = await UndoAsync(undone, key => earlier?.Files.ContainsKey(key) != true, seen, cancellationToken).ConfigureAwait(false);
        if (earlier is not null)
        {
            await DisownAsync(seen.Others.FirstOrDefault(manifest => manifest.Revision == from), back, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyDictionary<string, string> etags = await _upload.RunAsync(plan with { Keeps = [] }, seen, _ => true, cancellationToken).ConfigureAwait(false);
        // Before the record says that it is done: who goes on after a death removes what is left.
        SiteRemoval removal = undone.Length == 0 && earlier is not null ? SiteRemoval.None : await RemoveAsync(plan.Removals.Except(back), seen, cancellationToken).ConfigureAwait(false);
        removal.Check();
        if (earlier is not null)
        {
            await RecordAsync(plan, etags, seen, cancellationToken).ConfigureAwait(false);
        }

        await _ledger.ForgetAsync(
            seen.Intents.Where(undone.Contains).Select(intent => SiteKeys.Intent(intent.Revision)).Union(earlier is not null ? [] : [SiteKeys.Served, SiteKeys.Manifest(from), SiteKeys.Intent(from)]),
            cancellationToken).ConfigureAwait(false);
        return SiteNotes.Of(plan, [.. left, .. removal.Changed]);
    }

    private async Task<SiteState> BeginAsync(SiteState seen, CancellationToken cancellationToken)
    {
        seen.Fence(epoch);
        return await _claims.CheckAsync(seen, epoch, cancellationToken).ConfigureAwait(false);
    }

    private async Task<SitePlan> PlanBackAsync(SiteManifest? earlier, string revision, SiteState seen, Func<CancellationToken, Task<SiteContent?>>? folder, CancellationToken cancellationToken)
    {
        SitePlan plan = SitePlanner.Plan(
            new SiteGoal
            {
                Revision = revision,
                Epoch = epoch,
                Content = earlier?.Content ?? seen.Served?.Content ?? "",
                Items = earlier is null ? [] : Items(earlier),
                Keeps = earlier is not null,
                Revisions = earlier is null ? 0 : options.Revisions,
            },
            seen);
        HashSet<string> kept = [.. seen.Records.Keys, .. plan.Keeps.Select(keep => keep.To)];
        SiteContent? content = plan.Moves.Any(move => !kept.Contains(SiteKeys.Kept(move.Item.Sha256))) && folder is not null ? await folder(cancellationToken).ConfigureAwait(false) : null;
        Dictionary<string, SiteFile> files = (content?.Files ?? []).ToDictionary(file => file.Key, StringComparer.Ordinal);
        return plan with { Moves = [.. plan.Moves.Select(move => move with { Item = Source(move.Item, kept, files) })] };
    }

    private SiteItem Source(SiteItem item, HashSet<string> kept, Dictionary<string, SiteFile> files) =>
        kept.Contains(SiteKeys.Kept(item.Sha256)) ? item with { Copy = options.Prefix + SiteKeys.Kept(item.Sha256) }
        : files.GetValueOrDefault(item.Key) is { } file && file.Sha256 == item.Sha256 ? item with { File = file }
        : throw new DeploymentException($"The content of '{Naming.PrintableUpTo(item.Key, SiteKeys.Longest)}' is no more kept in the bucket, and no folder has it. Deploy that release again from its folder. Nothing was changed.");

    private async Task<(List<string> Back, List<string> Left)> UndoAsync(IReadOnlyList<SiteIntent> intents, Func<string, bool> which, SiteState seen, CancellationToken cancellationToken)
    {
        foreach (SiteIntent intent in intents)
        {
            await _upload.AbortLeftoversAsync(intent, seen.Root, cancellationToken).ConfigureAwait(false);
        }

        return await _upload.PutBackAsync(intents, which, seen, cancellationToken).ConfigureAwait(false);
    }

    // What was put back may be the very object, by its ETag and size, that the newer one had stored.
    private async Task DisownAsync(SiteManifest? newer, List<string> back, CancellationToken cancellationToken)
    {
        if (newer is not null && back.Exists(newer.Files.ContainsKey))
        {
            SortedDictionary<string, SiteEntry> files = new(newer.Files.ToDictionary(), KeyOrder.Instance);
            back.FindAll(newer.Files.ContainsKey).ForEach(key => files[key] = files[key] with { ETag = null });
            await _ledger.WriteManifestAsync(newer with { Files = files }, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<SiteRemoval> RemoveAsync(IEnumerable<string> keys, SiteState seen, CancellationToken cancellationToken)
    {
        SiteRemoval removal = await bucket.RemoveAsync([.. keys.Select(key => (seen.Root + key, (string?)seen.Objects[key].ETag))], cancellationToken).ConfigureAwait(false);
        return removal with { Removed = [.. removal.Removed.Select(key => key[seen.Root.Length..])], Changed = [.. removal.Changed.Select(key => key[seen.Root.Length..])] };
    }

    private async Task<SiteManifest> RecordAsync(SitePlan plan, IReadOnlyDictionary<string, string> etags, SiteState seen, CancellationToken cancellationToken)
    {
        bool stands = plan.Moves.Count == 0 && seen.Served?.Revision == plan.Revision;
        SiteManifest manifest = plan.Manifest(etags, stands ? seen.Served!.Sequence : seen.NextSequence);
        await _ledger.WriteManifestAsync(manifest, cancellationToken).ConfigureAwait(false);
        await _ledger.WriteServedAsync(manifest, seen.ServedETag, cancellationToken).ConfigureAwait(false);
        return manifest;
    }

    private static SiteItem[] Items(SiteManifest manifest) => [.. manifest.Files.Select(file => SiteItem.Of(file.Key, file.Value))];
}
