namespace Deployment.Providers.Aws.Sites;

/// <summary>Carries out a plan: writes down what it will do, ends what a dead process left, keeps what goes, and stores.</summary>
internal sealed class SiteUpload(SiteBucket bucket, SiteOptions options, TimeProvider time, IProgress<SiteProgress>? progress)
{
    private readonly SiteLedger _ledger = new(bucket, options);

    /// <summary>Stores some of a plan's files.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="seen">What it was made from.</param>
    /// <param name="which">Which files.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The ETags of those.</returns>
    public async Task<IReadOnlyDictionary<string, string>> RunAsync(SitePlan plan, SiteState seen, Func<SiteMove, bool> which, CancellationToken cancellationToken)
    {
        if (plan.Moves.Count == 0)
        {
            return new Dictionary<string, string>();
        }

        SiteIntent? before = seen.Intents.FirstOrDefault(intent => intent.Revision == plan.Revision);
        if (before is not null)
        {
            await AbortLeftoversAsync(before, seen.Root, cancellationToken).ConfigureAwait(false);
        }

        if (before is null || !Same(before, plan.Intent))
        {
            await _ledger.WriteIntentAsync(plan.Intent, cancellationToken).ConfigureAwait(false);
        }

        await KeepAsync(plan.Keeps, seen.Root, cancellationToken).ConfigureAwait(false);
        return await new SiteTransfer(bucket, options, time, progress).RunAsync([.. plan.Moves.Where(which)], seen.Root, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies content to where it is kept. What was changed meanwhile by somebody else is no more what a revision had.</summary>
    public Task KeepAsync(IReadOnlyList<SiteKeep> keeps, string root, CancellationToken cancellationToken) => SideBySideAsync(keeps, async (keep, stop) =>
    {
        if (await bucket.CopyAsync(root + keep.Key, keep.ETag, root + keep.To, null, stop).ConfigureAwait(false) is null)
        {
            throw new DeploymentException($"'{keep.Key}' was changed by somebody else while it was to be kept. Look at who writes to the site, and run it again.");
        }
    }, cancellationToken);

    /// <summary>Puts back what somebody else had stored, and an upload took the place of.</summary>
    /// <param name="intent">The upload; null for none.</param>
    /// <param name="which">Which paths.</param>
    /// <param name="seen">What is there.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The paths.</returns>
    public async Task<List<string>> PutBackAsync(SiteIntent? intent, Func<string, bool> which, SiteState seen, CancellationToken cancellationToken)
    {
        (string Key, string Kept)[] replaced = [.. (intent?.Files ?? new Dictionary<string, SiteIntentEntry>()).Where(file => which(file.Key) && file.Value.Replaced is { } kept && seen.Has(kept)).Select(file => (file.Key, file.Value.Replaced!))];
        await SideBySideAsync(replaced, (file, stop) => bucket.CopyAsync(seen.Root + file.Kept, null, seen.Root + file.Key, null, stop), cancellationToken).ConfigureAwait(false);
        return [.. replaced.Select(file => file.Key)];
    }

    // Only those of this site's own uploads: others may have theirs below the same prefix.
    private async Task AbortLeftoversAsync(SiteIntent intent, string root, CancellationToken cancellationToken)
    {
        if (intent.Files.Values.Any(entry => entry.File.Size >= options.MultipartThreshold))
        {
            List<(string Key, string Upload)> found = await bucket.FindUploadsAsync(root, cancellationToken).ConfigureAwait(false);
            await SideBySideAsync(
                [.. found.Where(left => left.Key.StartsWith(root, StringComparison.Ordinal) && intent.Files.ContainsKey(left.Key[root.Length..]))],
                (left, stop) => bucket.AbortAsync(left.Key, left.Upload, stop),
                cancellationToken).ConfigureAwait(false);
        }
    }

    private Task SideBySideAsync<T>(IReadOnlyList<T> things, Func<T, CancellationToken, Task> act, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(things, new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken }, async (thing, stop) => await act(thing, stop).ConfigureAwait(false));

    private static bool Same(SiteIntent one, SiteIntent other) => one.Files.Count == other.Files.Count && one.Files.All(file => other.Files.TryGetValue(file.Key, out SiteIntentEntry? its) && its == file.Value);
}
