using Amazon.S3;
using Amazon.S3.Model;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Listings (docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html).</summary>
internal sealed partial class SiteBucket
{
    private const int MostObjects = 5_000_000;

    // A page has as many; fewer keys than this many pages of them aren't worth asking for side by side.
    private const int Page = 1000;
    private const int PagesEach = 3;
    private const int MostRanges = 16;

    /// <summary>All objects below a prefix, by key.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<Dictionary<string, ListedObject>> ListAsync(string prefix, CancellationToken cancellationToken) => ListAsync(prefix, [], cancellationToken);

    /// <summary>
    /// All objects below a prefix, by key. Pages of a listing come one after the other; from keys that are likely to be there several parts of it are listed
    /// side by side. Wherever those lie, each key is in one part: where it ends the next one begins.
    /// </summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="likely">Keys that may be there, in the order of a listing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Dictionary<string, ListedObject>> ListAsync(string prefix, IReadOnlyList<string> likely, CancellationToken cancellationToken)
    {
        int ranges = Math.Clamp(likely.Count / (Page * PagesEach), 1, MostRanges);
        string[] ends = [.. Enumerable.Range(1, ranges - 1).Select(i => likely[(int)((long)likely.Count * i / ranges)])];
        var found = new List<KeyValuePair<string, ListedObject>>[ranges];
        await Parallel.ForAsync(0, ranges, new ParallelOptions { MaxDegreeOfParallelism = ranges, CancellationToken = cancellationToken }, async (i, stop) =>
            found[i] = await ListAsync(prefix, i == 0 ? null : ends[i - 1], i == ranges - 1 ? null : ends[i], stop).ConfigureAwait(false)).ConfigureAwait(false);
        Dictionary<string, ListedObject> all = new(found.Sum(some => some.Count), StringComparer.Ordinal);
        foreach ((string key, ListedObject seen) in found.SelectMany(some => some))
        {
            all[key] = seen;
        }

        return all;
    }

    private async Task<List<KeyValuePair<string, ListedObject>>> ListAsync(string prefix, string? after, string? upTo, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, ListedObject>> found = [];
        string? next = null;
        do
        {
            string? token = next;
            ListingPage page = await PageAsync(prefix, token is null ? after : null, token, cancellationToken).ConfigureAwait(false);
            foreach ((string key, ListedObject seen) in page.Objects)
            {
                if (!key.StartsWith(prefix, StringComparison.Ordinal) || found.Count >= MostObjects)
                {
                    throw new DeploymentException($"The listing of {Shown(prefix)} in {Name} can't be used: it has '{Shown(key)}', or more than {MostObjects:N0} objects.");
                }

                if (upTo is not null && KeyOrder.Instance.Compare(key, upTo) > 0)
                {
                    return found;
                }

                found.Add(KeyValuePair.Create(key, seen));
            }

            next = page.Next;
            if (next is not null && next == token)
            {
                throw new DeploymentException($"The listing of {Shown(prefix)} in {Name} doesn't go on after {found.Count:N0} objects. Try again.");
            }
        }
        while (next is not null);
        return found;
    }

    private async Task<ListingPage> PageAsync(string prefix, string? after, string? token, CancellationToken cancellationToken)
    {
        (string Name, string? Value)[] query = [("continuation-token", token), ("encoding-type", "url"), ("list-type", "2"), ("prefix", prefix), ("start-after", after)];
        var request = new DirectRequest(HttpMethod.Get, "") { Query = string.Join('&', query.Where(one => one.Value is { Length: > 0 }).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value!)}")) };
        return (await _direct.TryAsync(request, cancellationToken).ConfigureAwait(false) is { Body: { } body } ? ListingPage.Read(body) : null)
            ?? ListingPage.Of(await CallAsync("s3:ListBucket", prefix, s3 => s3.ListObjectsV2Async(
                new ListObjectsV2Request { BucketName = Name, Prefix = prefix.Length == 0 ? null : prefix, StartAfter = after, ContinuationToken = token, Encoding = EncodingType.Url, ExpectedBucketOwner = options.BucketOwner },
                cancellationToken), cancellationToken).ConfigureAwait(false));
    }
}
