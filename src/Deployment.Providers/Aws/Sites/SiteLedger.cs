using System.Collections.Concurrent;
using System.Collections.Immutable;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Reads and writes what stands beside a site, below <see cref="SiteKeys.Own"/>.</summary>
internal sealed class SiteLedger(SiteBucket bucket, SiteOptions options)
{
    private const int Side = 8;

    /// <summary>What is seen of a site that is served in place.</summary>
    /// <param name="likely">The paths that it may have, in the order of keys: large sites are listed sooner from them. Null for those of what is served.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<SiteState> ReadInPlaceAsync(IReadOnlyList<string>? likely, CancellationToken cancellationToken) =>
        await ReadAsync(options.Prefix, likely ?? await LikelyAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Our records alone.</summary>
    public Task<SiteState> ReadRecordsAsync(CancellationToken cancellationToken) => ReadAsync(options.Prefix + SiteKeys.Own, [], cancellationToken);

    /// <summary>The manifest of a revision.</summary>
    /// <exception cref="DeploymentException">There is none, or it can't be used.</exception>
    public async Task<SiteManifest> ReadManifestAsync(string revision, CancellationToken cancellationToken) => await FindManifestAsync(revision, cancellationToken).ConfigureAwait(false)
        ?? throw new DeploymentException($"There is no record of {Naming.Printable(revision)} at {options.Prefix + SiteKeys.Manifest(revision)} in {options.Bucket}: it was never deployed whole, or is no more kept.");

    /// <summary>The manifest of a revision; null where there is none.</summary>
    /// <exception cref="DeploymentException">It can't be used.</exception>
    public async Task<SiteManifest?> FindManifestAsync(string revision, CancellationToken cancellationToken)
    {
        string where = options.Prefix + SiteKeys.Manifest(revision);
        return await bucket.ReadAsync(where, SiteRecords.Longest, cancellationToken).ConfigureAwait(false) is { } read
            ? Of(revision, SiteRecords.ReadManifest(read.Bytes, where), where) with { RecordETag = read.ETag }
            : null;
    }

    public Task WriteManifestAsync(SiteManifest manifest, CancellationToken cancellationToken) => WriteManifestAsync(manifest, null, cancellationToken);

    /// <summary>Writes a manifest.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="over">The ETag of the one before, empty for none; null for whatever is there.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Its ETag.</returns>
    public Task<string> WriteManifestAsync(SiteManifest manifest, string? over, CancellationToken cancellationToken) =>
        bucket.WriteAsync(options.Prefix + SiteKeys.Manifest(manifest.Revision), SiteRecords.Write(manifest), over, cancellationToken);

    /// <summary>Says what is served in place.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="over">The ETag of the one before, empty for none.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task WriteServedAsync(SiteManifest manifest, string over, CancellationToken cancellationToken) =>
        bucket.WriteAsync(options.Prefix + SiteKeys.Served, SiteRecords.Write(manifest), over, cancellationToken);

    public Task WriteIntentAsync(SiteIntent intent, CancellationToken cancellationToken) =>
        bucket.WriteAsync(options.Prefix + SiteKeys.Intent(intent.Revision), SiteRecords.Write(intent), null, cancellationToken);

    /// <summary>Removes records.</summary>
    public Task ForgetAsync(IEnumerable<string> records, CancellationToken cancellationToken) => bucket.RemoveAsync([.. records.Select(record => options.Prefix + record)], cancellationToken);

    // A record that can't be used is told by whoever reads it for what it says.
    private async Task<IReadOnlyList<string>> LikelyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ServedAsync(cancellationToken).ConfigureAwait(false) is { } served ? [.. served.Files.Keys.Order(KeyOrder.Instance)] : [];
        }
        catch (SiteRecordException)
        {
            return [];
        }
    }

    private async Task<SiteManifest?> ServedAsync(CancellationToken cancellationToken)
    {
        string where = options.Prefix + SiteKeys.Served;
        return await bucket.ReadAsync(where, SiteRecords.Longest, cancellationToken).ConfigureAwait(false) is { } read ? SiteRecords.ReadManifest(read.Bytes, where) : null;
    }

    private async Task<SiteState> ReadAsync(string prefix, IReadOnlyList<string> likely, CancellationToken cancellationToken)
    {
        Dictionary<string, ListedObject> objects = new(StringComparer.Ordinal);
        Dictionary<string, ListedObject> records = new(StringComparer.Ordinal);
        foreach ((string key, ListedObject seen) in await bucket.ListAsync(prefix, [.. likely.Select(path => options.Prefix + path)], cancellationToken).ConfigureAwait(false))
        {
            string path = key[options.Prefix.Length..];
            (path.StartsWith(SiteKeys.Own, StringComparison.Ordinal) ? records : objects)[path] = seen;
        }

        SiteManifest? served = records.ContainsKey(SiteKeys.Served) ? await ServedAsync(cancellationToken).ConfigureAwait(false) : null;
        ConcurrentBag<SiteManifest> manifests = [];
        ConcurrentBag<SiteIntent> intents = [];
        ConcurrentDictionary<string, string> unreadable = [];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Side, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(records, parallel, async (record, stop) =>
        {
            try
            {
                await ReadAsync(record, stop).ConfigureAwait(false);
            }
            catch (SiteRecordException damaged)
            {
                // Whoever needs this one fails for its want; the others needn't.
                unreadable[record.Key] = damaged.Message;
            }
        }).ConfigureAwait(false);
        ILookup<bool, SiteIntent> finished = intents.OrderBy(intent => intent.Revision, StringComparer.Ordinal).ToLookup(intent => manifests.Any(manifest => manifest.Revision == intent.Revision));
        return new SiteState
        {
            Root = options.Prefix,
            Objects = objects,
            Records = records,
            Served = served,
            Others = [.. manifests.OrderByDescending(manifest => manifest.Sequence)],
            Intents = [.. finished[false]],
            Finished = [.. finished[true]],
            Unreadable = unreadable.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };

        async Task ReadAsync(KeyValuePair<string, ListedObject> record, CancellationToken stop)
        {
            if (Revision(record.Key, SiteKeys.Manifest) is { } made)
            {
                // What is served is one of them, most often with the same bytes.
                manifests.Add(made == served?.Revision && record.Value == records[SiteKeys.Served] ? served : await ReadManifestAsync(made, stop).ConfigureAwait(false));
            }
            else if (Revision(record.Key, SiteKeys.Intent) is { } begun && await ReadIntentAsync(begun, stop).ConfigureAwait(false) is { } intent)
            {
                intents.Add(intent);
            }
        }
    }

    private async Task<SiteIntent?> ReadIntentAsync(string revision, CancellationToken cancellationToken)
    {
        string where = options.Prefix + SiteKeys.Intent(revision);
        if (await bucket.ReadAsync(where, SiteRecords.Longest, cancellationToken).ConfigureAwait(false) is not { } read)
        {
            return null;
        }

        SiteIntent intent = SiteRecords.ReadIntent(read.Bytes, where);
        return intent.Revision == revision ? intent : throw OfAnother(revision, intent.Revision, where);
    }

    private static SiteManifest Of(string revision, SiteManifest manifest, string where) => manifest.Revision == revision ? manifest : throw OfAnother(revision, manifest.Revision, where);

    private static SiteRecordException OfAnother(string revision, string found, string where) =>
        new($"The record {Naming.PrintableUpTo(where, SiteKeys.Longest)} is one of {Naming.Printable(found)}, not of {Naming.Printable(revision)}: somebody else wrote to it. Remove it, or restore it.");

    // The revision in a record's path, where it is one of that kind.
    private static string? Revision(string record, Func<string, string> path)
    {
        string name = SitePattern.Name(record);
        return name.EndsWith(".json", StringComparison.Ordinal) && RevisionId.TryParse(name[..^5], out RevisionId? id) && path(id.ToString()) == record ? id.ToString() : null;
    }
}
