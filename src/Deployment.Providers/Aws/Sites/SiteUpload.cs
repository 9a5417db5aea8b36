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
        if (await bucket.CopyAsync(root + keep.Key, keep.ETag, root + keep.To, null, null, null, stop).ConfigureAwait(false) is null)
        {
            throw new DeploymentException($"'{keep.Key}' was changed by somebody else while it was to be kept. Look at who writes to the site, and run it again.");
        }
    }, cancellationToken);

    /// <summary>Puts back what somebody else had stored, where an upload took its place and what it stored is still there.</summary>
    /// <param name="intents">The uploads.</param>
    /// <param name="which">Which paths.</param>
    /// <param name="seen">What is there.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The paths, and those that somebody else has changed since: they stay as they are.</returns>
    public async Task<(List<string> Back, List<string> Left)> PutBackAsync(IEnumerable<SiteIntent> intents, Func<string, bool> which, SiteState seen, CancellationToken cancellationToken)
    {
        List<(string Key, string Kept, ListedObject There)> back = [];
        List<string> left = [];
        foreach ((string key, SiteIntentEntry entry) in intents.SelectMany(intent => intent.Files).Where(file => which(file.Key) && file.Value.Replaced is { } kept && seen.Has(kept)).DistinctBy(file => file.Key))
        {
            ListedObject? there = seen.Objects.GetValueOrDefault(key);
            if (there is not null && seen.IsOurs(key, there))
            {
                back.Add((key, entry.Replaced!, there));
            }
            else if (there?.ETag != entry.Before)
            {
                left.Add(key);
            }
        }

        await SideBySideAsync(back, async (file, stop) =>
        {
            if (await bucket.CopyAsync(seen.Root + file.Kept, null, seen.Root + file.Key, file.There.ETag, null, null, stop).ConfigureAwait(false) is null)
            {
                throw new DeploymentException($"What somebody else had stored as '{file.Key}' is no more at {seen.Root + file.Kept}, where it was kept: it can't be put back. Restore it from elsewhere, and run it again.");
            }
        }, cancellationToken).ConfigureAwait(false);
        return ([.. back.Select(file => file.Key)], left);
    }

    /// <summary>Ends the uploads in parts that a dead process left. Only those of this site's own uploads: others may have theirs below the same prefix.</summary>
    public async Task AbortLeftoversAsync(SiteIntent intent, string root, CancellationToken cancellationToken)
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

    private static bool Same(SiteIntent one, SiteIntent other) => (one.Epoch, one.Over, one.Files.Count) == (other.Epoch, other.Over, other.Files.Count) && one.Files.All(file => other.Files.TryGetValue(file.Key, out SiteIntentEntry? its) && its == file.Value);
}
