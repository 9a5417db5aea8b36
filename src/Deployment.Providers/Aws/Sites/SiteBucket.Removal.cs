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
    public async Task RemoveAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        (await RemoveAsync([.. keys.Select(key => (key, (string?)null))], cancellationToken).ConfigureAwait(false)).Check();

    /// <summary>Removes objects that are still what was seen; one that isn't there counts as removed (docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html).</summary>
    /// <param name="objects">Their keys, and the ETags that they must have; null for any.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<SiteRemoval> RemoveAsync(IReadOnlyCollection<(string Key, string? ETag)> objects, CancellationToken cancellationToken)
    {
        ConcurrentBag<DeleteError> errors = [];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MostBatches, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(objects.Chunk(Batch), parallel, async (some, stop) =>
        {
            foreach (DeleteError error in await RemoveBatchAsync(some, stop).ConfigureAwait(false))
            {
                errors.Add(error);
            }
        }).ConfigureAwait(false);
        HashSet<string> changed = [.. errors.Where(IsChanged).Select(error => error.Key)];
        DeleteError[] failed = [.. errors.Where(error => !IsChanged(error) && error.Code != "NoSuchKey")];
        HashSet<string> stay = [.. changed, .. failed.Select(error => error.Key)];
        string[] removed = [.. objects.Select(its => its.Key).Where(key => !stay.Contains(key))];
        return new SiteRemoval(removed, changed, failed.Length == 0 ? null : Problem(failed, objects.Count));
    }

    // docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; while somebody writes to it, it is a conflict.
    private static bool IsChanged(DeleteError error) => error.Code is "PreconditionFailed" or "ConditionalRequestConflict";

    private string Problem(DeleteError[] failed, int all)
    {
        string more = failed.Length > MostShown ? $", and {failed.Length - MostShown:N0} more" : "";
        IEnumerable<string> shown = failed.Select(error => $"{Shown(error.Key ?? "")} ({Naming.Printable(error.Code ?? "")}: {Naming.Printable(error.Message ?? "")})");
        return $"s3:DeleteObject on {Name} failed for {failed.Length:N0} of {all:N0} objects, the others are gone: {string.Join(", ", shown.Order(StringComparer.Ordinal).Take(MostShown))}{more}. Allow it in the policy, or look for locks on them, and run it again.";
    }

    private async Task<IReadOnlyList<DeleteError>> RemoveBatchAsync((string Key, string? ETag)[] objects, CancellationToken cancellationToken)
    {
        var request = new DeleteObjectsRequest { BucketName = Name, Quiet = true, Objects = [.. objects.Select(its => new KeyVersion { Key = its.Key, ETag = its.ETag })], ExpectedBucketOwner = options.BucketOwner };
        return await CallAsync("s3:DeleteObject", objects.Length == 1 ? objects[0].Key : "*", async s3 =>
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
