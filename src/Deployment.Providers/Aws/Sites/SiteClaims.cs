using System.Collections.Concurrent;

namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// Looks at the objects that runs which died may have stored, and nothing but their size says so: each has the SHA-256 that it was stored with. Somebody else
/// may have stored another one of the same size since.
/// </summary>
internal sealed class SiteClaims(SiteBucket bucket, SiteOptions options)
{
    /// <summary>Notes which aren't what was set out to be stored.</summary>
    /// <param name="seen">What is there.</param>
    /// <param name="epoch">The epoch of the run that asks: what it stored itself it knows.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<SiteState> CheckAsync(SiteState seen, long epoch, CancellationToken cancellationToken)
    {
        string[] keys = [.. seen.Intents.Where(intent => intent.Epoch < epoch).SelectMany(intent => intent.Files.Keys.Where(key => IsClaimed(seen, intent, key))).Distinct(StringComparer.Ordinal)];
        ConcurrentBag<string> denied = [];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(keys, parallel, async (key, stop) =>
        {
            StoredObject? stored = await bucket.LookAsync(seen.Root + key, stop).ConfigureAwait(false);
            if (stored is null || stored.Seen != seen.Objects[key] || !seen.Intents.Any(intent => intent.Files.TryGetValue(key, out SiteIntentEntry? entry) && Is(stored, entry)))
            {
                denied.Add(key);
            }
        }).ConfigureAwait(false);
        return denied.IsEmpty ? seen : seen with { Denied = denied.ToHashSet(StringComparer.Ordinal) };
    }

    private static bool IsClaimed(SiteState seen, SiteIntent intent, string key) =>
        seen.Objects.TryGetValue(key, out ListedObject? its) && intent.Stored(key, its) && seen.Sha256Of(key, its) is null;

    // In parts it was uploaded; in one piece it was copied.
    private static bool Is(StoredObject stored, SiteIntentEntry entry) =>
        (entry.Checksum is { } checksum && stored.Has(checksum)) || stored.Has(Convert.ToBase64String(Convert.FromHexString(entry.File.Sha256)));
}
