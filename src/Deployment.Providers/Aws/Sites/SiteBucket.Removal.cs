using System.Collections.Concurrent;
using Amazon.S3;
using Amazon.S3.Model;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Removals, as many in a call as S3 takes (docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html).</summary>
internal sealed partial class SiteBucket
{
    private const int Batch = 1000;
    private const int MostBatches = 4;
    private const int MostShown = 10;

    /// <summary>Removes objects; one that isn't there counts as removed.</summary>
    /// <exception cref="DeploymentException">Some could not be removed; the message names them.</exception>
    public async Task RemoveAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        ConcurrentBag<string> problems = [];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MostBatches, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(keys.Chunk(Batch), parallel, async (some, stop) =>
        {
            foreach (DeleteError error in await RemoveBatchAsync(some, stop).ConfigureAwait(false))
            {
                problems.Add($"{Shown(error.Key ?? "")} ({Naming.Printable(error.Code ?? "")}: {Naming.Printable(error.Message ?? "")})");
            }
        }).ConfigureAwait(false);
        if (!problems.IsEmpty)
        {
            string more = problems.Count > MostShown ? $", and {problems.Count - MostShown:N0} more" : "";
            throw new DeploymentException($"s3:DeleteObject on {Name} failed for {problems.Count:N0} of {keys.Count:N0} objects, the others are gone: {string.Join(", ", problems.Order(StringComparer.Ordinal).Take(MostShown))}{more}. Allow it in the policy, or look for locks on them, and run it again.");
        }
    }

    private async Task<IReadOnlyList<DeleteError>> RemoveBatchAsync(string[] keys, CancellationToken cancellationToken)
    {
        var request = new DeleteObjectsRequest { BucketName = Name, Quiet = true, Objects = [.. keys.Select(key => new KeyVersion { Key = key })], ExpectedBucketOwner = options.BucketOwner };
        return await CallAsync("s3:DeleteObject", keys.Length == 1 ? keys[0] : "*", async s3 =>
        {
            try
            {
                return (await s3.DeleteObjectsAsync(request, cancellationToken).ConfigureAwait(false)).DeleteErrors ?? [];
            }
            catch (DeleteObjectsException error)
            {
                return error.Response.DeleteErrors ?? [];
            }
        }, cancellationToken).ConfigureAwait(false);
    }
}
