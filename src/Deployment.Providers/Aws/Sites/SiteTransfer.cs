using System.Collections.Concurrent;
using Amazon.S3.Model;
using Deployment.Releases;
using Microsoft.Win32.SafeHandles;

namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// Stores files, wave by wave, many side by side, with bounded memory. The first failure ends it; nothing that is under way then is left as parts.
/// </summary>
internal sealed class SiteTransfer(SiteBucket bucket, SiteOptions options, TimeProvider time, IProgress<SiteProgress>? progress)
{
    // Bodies in memory at once. More would be under way than a slow line gets through before they time out.
    private const long Memory = 64L * 1024 * 1024;
    private static readonly TimeSpan _abortLimit = TimeSpan.FromSeconds(20);

    private readonly MemoryBudget _memory = new(Memory);
    private readonly ConcurrentDictionary<string, string> _etags = new(StringComparer.Ordinal);
    private int _files;
    private int _allFiles;
    private long _bytes;
    private long _allBytes;

    /// <summary>Stores files.</summary>
    /// <param name="moves">The files, in the order of their waves.</param>
    /// <param name="root">What stands before their paths in the bucket.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The ETag of each.</returns>
    public async Task<IReadOnlyDictionary<string, string>> RunAsync(IReadOnlyList<SiteMove> moves, string root, CancellationToken cancellationToken)
    {
        _allFiles += moves.Count;
        _allBytes += moves.Sum(move => move.Item.Size);
        using var requests = new SemaphoreSlim(options.Concurrency);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken };
        foreach (IGrouping<SiteWave, SiteMove> wave in moves.GroupBy(move => move.Wave))
        {
            await Parallel.ForEachAsync(wave, parallel, async (move, stop) =>
            {
                if (await StoreAsync(move, root + move.Item.Key, requests, stop).ConfigureAwait(false) is { } etag)
                {
                    _etags[move.Item.Key] = etag;
                }

                Interlocked.Increment(ref _files);
                Report(0);
            }).ConfigureAwait(false);
        }

        return _etags;
    }

    private async Task<string?> StoreAsync(SiteMove move, string key, SemaphoreSlim requests, CancellationToken cancellationToken)
    {
        SiteItem item = move.Item;
        string over = move.Before ?? "";
        if (item.Copy is not null)
        {
            // What is carried along may be there already, and has its hash in its name.
            string? etag = await OneAsync(requests, () => bucket.CopyAsync(item.Copy, item.CopyETag, key, item.IsOptional ? null : over, item.Sha256, item.Headers, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (etag is not null)
            {
                Report(item.Size);
                return etag;
            }

            if (item.IsOptional)
            {
                return null;
            }
        }

        SiteFile file = item.File ?? throw new DeploymentException($"The content of '{Naming.PrintableUpTo(item.Key, SiteKeys.Longest)}' is no more at {Naming.PrintableUpTo(item.Copy ?? "?", SiteKeys.Longest)}, where it was kept. Deploy that release again from its folder.");
        return file.Parts.Count > 0 ? await InPartsAsync(file, key, item.Headers, over, requests, cancellationToken).ConfigureAwait(false)
            : await InOnePieceAsync(file, key, item.Headers, over, requests, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> InOnePieceAsync(SiteFile file, string key, SiteHeaders headers, string over, SemaphoreSlim requests, CancellationToken cancellationToken)
    {
        long taken = await _memory.TakeAsync(Math.Max(file.SourceSize, file.Size), cancellationToken).ConfigureAwait(false);
        try
        {
            using SiteBody body = SiteBody.Read(file);
            string etag = await OneAsync(requests, () => bucket.PutAsync(key, body.Buffer, body.Count, body.Sha256, headers, over, cancellationToken), cancellationToken).ConfigureAwait(false);
            Report(body.Count);
            return etag;
        }
        finally
        {
            _memory.Give(taken);
        }
    }

    private async Task<string> InPartsAsync(SiteFile file, string key, SiteHeaders headers, string over, SemaphoreSlim requests, CancellationToken cancellationToken)
    {
        string upload = await bucket.BeginAsync(key, headers, cancellationToken).ConfigureAwait(false);
        try
        {
            using SafeFileHandle handle = Open(file);
            var parts = new PartETag[file.Parts.Count];
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, parts.Length, parallel, async (i, stop) =>
            {
                long taken = await _memory.TakeAsync(file.Parts[i].Size, stop).ConfigureAwait(false);
                try
                {
                    using SiteBody body = SiteBody.Read(handle, file.Parts[i], file);
                    parts[i] = await OneAsync(requests, () => bucket.PartAsync(key, upload, i + 1, body.Buffer, body.Count, body.Sha256, stop), stop).ConfigureAwait(false);
                    Report(body.Count);
                }
                finally
                {
                    _memory.Give(taken);
                }
            }).ConfigureAwait(false);
            return RandomAccess.GetLength(handle) == file.SourceSize
                ? await bucket.CompleteAsync(key, upload, [.. parts], file.Checksum, over, cancellationToken).ConfigureAwait(false)
                : throw SiteBody.Changed(file);
        }
        catch
        {
            await AbortAsync(key, upload).ConfigureAwait(false);
            throw;
        }
    }

    private static SafeFileHandle Open(SiteFile file)
    {
        try
        {
            return File.OpenHandle(file.Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SiteBody.Changed(file, error);
        }
    }

    // Who cancelled wants no parts left either. What can't be aborted now is found and aborted by the next run.
    private async Task AbortAsync(string key, string upload)
    {
        using var limit = new CancellationTokenSource(_abortLimit, time);
        try
        {
            await bucket.AbortAsync(key, upload, limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DeploymentException or OperationCanceledException)
        {
            // The failure that led here is the one to tell.
        }
    }

    private static async Task<T> OneAsync<T>(SemaphoreSlim requests, Func<Task<T>> request, CancellationToken cancellationToken)
    {
        await requests.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await request().ConfigureAwait(false);
        }
        finally
        {
            requests.Release();
        }
    }

    private void Report(long bytes)
    {
        long done = Interlocked.Add(ref _bytes, bytes);
        progress?.Report(new SiteProgress(Volatile.Read(ref _files), _allFiles, done, _allBytes));
    }
}
