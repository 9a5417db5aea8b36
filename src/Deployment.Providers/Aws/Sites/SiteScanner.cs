using System.Collections.Concurrent;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Reads a site's folder: which files it has, their hashes, and all that can't be served, at once.</summary>
internal sealed class SiteScanner(SiteOptions options)
{
    private const int MostShown = 20;

    // One object or copy of S3 in a single request: docs.aws.amazon.com/AmazonS3/latest/userguide/copy-object.html.
    private const long Largest = 5L * 1024 * 1024 * 1024;

    private readonly SiteHeaderRules _rules = new(options);
    private ScannedFolder? _last;

    /// <summary>
    /// Reads a folder. One that looks as it did last time isn't read again: a deployment asks several times, and what is stored is compared with this byte for
    /// byte, so that a file which changed behind its size and time is found out there.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="prefix">What stands before each key in the bucket.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">The folder is missing or empty, or has what can't be served; the message names all of it.</exception>
    public async Task<SiteContent> ScanAsync(string folder, string prefix, CancellationToken cancellationToken)
    {
        SiteFolder found = await Task.Run(() => SiteFolder.Walk(folder, prefix, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (_last is { } last && last.IsStill(folder, prefix, found))
        {
            return last.Content;
        }

        var problems = new ConcurrentBag<string>(found.Problems);
        var files = new SiteFile?[found.Files.Count];
        HashSet<string> keys = [.. found.Files.Select(file => file.Key)];
        // Hashing takes the processor, and an answer of the disk at times.
        await Task.Run(
            () => Parallel.For(
                0,
                files.Length,
                new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount) },
                i => files[i] = Read(found.Files[i], keys.Contains, problems, cancellationToken)),
            cancellationToken).ConfigureAwait(false);
        Refuse(folder, problems);
        if (files.Length == 0)
        {
            throw new DeploymentException($"The folder {Naming.PrintableUpTo(folder, SiteKeys.Longest)} has no file: nothing would be left of the site. Was it built?");
        }

        var content = new SiteContent(files.OfType<SiteFile>());
        _last = new ScannedFolder(folder, prefix, found, content);
        return content;
    }

    private SiteFile? Read((string Key, string Path, long Size, DateTime Written) file, Func<string, bool> exists, ConcurrentBag<string> problems, CancellationToken cancellationToken)
    {
        try
        {
            SiteHeaders headers = _rules.Of(file.Key, exists);
            bool compress = _rules.IsCompressed(file.Key) && headers.Encoding == SiteHeaderRules.Gzip && !file.Key.EndsWith(".gz", StringComparison.Ordinal);
            if (file.Size > (compress ? FileReader.LargestCompressed : Largest))
            {
                problems.Add($"'{Shown(file.Key)}' has {file.Size:N0} bytes, and {(compress ? "what is compressed" : "a file")} may have {(compress ? FileReader.LargestCompressed : Largest):N0}.");
                return null;
            }

            return compress ? FileReader.ReadCompressed(file.Key, file.Path, headers) : FileReader.Read(file.Key, file.Path, headers, options, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems.Add($"'{Shown(file.Key)}' can't be read: {Naming.Printable(error.Message)}.");
            return null;
        }
    }

    private static void Refuse(string folder, ConcurrentBag<string> problems)
    {
        if (!problems.IsEmpty)
        {
            string[] sorted = [.. problems.Order(StringComparer.Ordinal)];
            throw new DeploymentValidationException(
                $"the site in {Naming.PrintableUpTo(folder, SiteKeys.Longest)}",
                sorted.Length <= MostShown ? sorted : [.. sorted.Take(MostShown), $"There are {sorted.Length - MostShown:N0} more like these."]);
        }
    }

    private static string Shown(string key) => Naming.PrintableUpTo(key, SiteKeys.Longest);
}
