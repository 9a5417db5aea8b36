namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// A site that is changed where it lies. Each act looks at what is there, does what is left to do, and may be repeated. What is overwritten or removed is kept
/// (<see cref="SiteKeys.Kept"/>), so that going back needs no folder.
/// </summary>
internal sealed class InPlaceSite(SiteBucket bucket, SiteOptions options, TimeProvider time, IProgress<SiteProgress>? progress = null)
{
    private readonly SiteLedger _ledger = new(bucket, options);
    private readonly SiteUpload _upload = new(bucket, options, time, progress);

    /// <summary>What is there.</summary>
    public Task<SiteState> ReadAsync(CancellationToken cancellationToken) => _ledger.ReadInPlaceAsync([], cancellationToken);

    /// <summary>What is there, sooner where it is much.</summary>
    /// <param name="content">What may be there.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<SiteState> ReadAsync(SiteContent content, CancellationToken cancellationToken) => _ledger.ReadInPlaceAsync([.. content.Files.Select(file => file.Key)], cancellationToken);

    /// <summary>What a revision would change.</summary>
    public SitePlan Plan(string revision, SiteContent content, SiteState seen) =>
        SitePlanner.Plan(SiteGoal.Of(revision, content) with { Keeps = true, Revisions = options.Revisions, RemovalLimit = options.RemovalLimit }, seen);

    /// <summary>Stores assets where there was nothing, and keeps what will be overwritten or removed: users see no change.</summary>
    /// <exception cref="DeploymentException">It would remove too much, or failed.</exception>
    public async Task PrepareAsync(string revision, SiteContent content, CancellationToken cancellationToken)
    {
        SiteState seen = await ReadAsync(content, cancellationToken).ConfigureAwait(false);
        SitePlan plan = Plan(revision, content, seen).Allowed();
        await _upload.RunAsync(plan, seen, move => move.Wave == SiteWave.NewAssets, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores all that is left of a revision, assets first and pages last, and says that it is served.</summary>
    /// <returns>Its manifest.</returns>
    /// <exception cref="DeploymentException">It would remove too much, or failed.</exception>
    public async Task<SiteManifest> SwitchAsync(string revision, SiteContent content, CancellationToken cancellationToken)
    {
        SiteState seen = await ReadAsync(content, cancellationToken).ConfigureAwait(false);
        return await ServeAsync(Plan(revision, content, seen).Allowed(), seen, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes what the served revision doesn't have, and what nobody can go back to any more.</summary>
    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        SiteState seen = await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (seen.Served is not { } served)
        {
            return;
        }

        var goal = new SiteGoal { Revision = served.Revision, Content = served.Content, Items = Items(served), Keeps = true };
        SitePlan plan = SitePlanner.Plan(goal, seen);
        SiteRetention retention = SiteRetention.Of(seen, options.Revisions);
        await _upload.KeepAsync([.. plan.Keeps.Where(keep => plan.Removals.Contains(keep.Key) && retention.Kept.Contains(keep.To))], seen.Root, cancellationToken).ConfigureAwait(false);
        await bucket.RemoveAsync([.. plan.Removals.Select(key => seen.Root + key)], cancellationToken).ConfigureAwait(false);
        await _ledger.ForgetAsync(retention.Records(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Serves an earlier revision again from what was kept, whether all of a newer one was stored, a part or nothing.</summary>
    /// <param name="from">The newer one.</param>
    /// <param name="to">The earlier one; null where there was none: then what the newer one stored is removed, and what it overwrote is put back.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="name">What it is called from then on; null for its own name.</param>
    /// <exception cref="DeploymentException">Something isn't kept any more, or it failed.</exception>
    public async Task GoBackAsync(string from, string? to, CancellationToken cancellationToken, string? name = null)
    {
        SiteState seen = await ReadAsync(cancellationToken).ConfigureAwait(false);
        SiteManifest? earlier = to is null ? null : await _ledger.ReadManifestAsync(to, cancellationToken).ConfigureAwait(false);
        // What stands is what the newer one stored, or what it didn't come to overwrite: both are ours.
        var goal = new SiteGoal { Revision = name ?? to ?? from, Content = earlier?.Content ?? seen.Served?.Content ?? "", Items = earlier is null ? [] : Restored(earlier), Revisions = earlier is null ? 0 : options.Revisions };
        SitePlan plan = SitePlanner.Plan(goal, seen with { Intents = [.. seen.Intents.Where(intent => intent.Revision != to)] });
        SiteIntent? newer = seen.Intents.Concat(seen.Finished).FirstOrDefault(intent => intent.Revision == from);
        List<string> back = await _upload.PutBackAsync(newer, key => earlier?.Files.ContainsKey(key) != true, seen, cancellationToken).ConfigureAwait(false);
        if (earlier is not null)
        {
            await ServeAsync(plan, seen, cancellationToken).ConfigureAwait(false);
            return;
        }

        await bucket.RemoveAsync([.. plan.Removals.Except(back).Select(key => seen.Root + key)], cancellationToken).ConfigureAwait(false);
        await _ledger.ForgetAsync([SiteKeys.Served, SiteKeys.Manifest(from), SiteKeys.Intent(from)], cancellationToken).ConfigureAwait(false);
    }

    private async Task<SiteManifest> ServeAsync(SitePlan plan, SiteState seen, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> etags = await _upload.RunAsync(plan, seen, _ => true, cancellationToken).ConfigureAwait(false);
        bool stands = plan.Moves.Count == 0 && seen.Served?.Revision == plan.Revision;
        SiteManifest manifest = plan.Manifest(etags, stands ? seen.Served!.Sequence : seen.NextSequence);
        await _ledger.WriteManifestAsync(manifest, cancellationToken).ConfigureAwait(false);
        await _ledger.WriteServedAsync(manifest, seen.ServedETag, cancellationToken).ConfigureAwait(false);
        return manifest;
    }

    private SiteItem[] Restored(SiteManifest manifest) => [.. Items(manifest).Select(item => item with { Copy = options.Prefix + SiteKeys.Kept(item.Sha256) })];

    private static SiteItem[] Items(SiteManifest manifest) => [.. manifest.Files.Select(file => SiteItem.Of(file.Key, file.Value))];
}
