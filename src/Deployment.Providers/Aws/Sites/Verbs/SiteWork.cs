using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.CloudFront;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>What the verbs of a site share.</summary>
internal sealed class SiteWork(string target, S3SiteTargetOptions options, AwsAccess access)
{
    private readonly SiteScanner _scanner = new(options.Files);

    public string Target { get; } = target;

    /// <summary>See <see cref="SiteManifest.Owner"/>.</summary>
    public string Owner => $"{Target}/{Options.Distribution}";

    public S3SiteTargetOptions Options { get; } = options;

    public SiteBucket Bucket { get; } = new(access, options.Files);

    /// <summary>What is in the folder, if it is what was planned.</summary>
    /// <exception cref="DeploymentException">It can't be read, or was changed since.</exception>
    public async Task<SiteContent> ReadFolderAsync(SiteArguments arguments, CancellationToken cancellationToken)
    {
        SiteContent content = await ScanAsync(arguments.Folder, cancellationToken);
        return content.Hash == arguments.Sha256 ? content : throw new DeploymentException(
            $"The folder {Naming.PrintableUpTo(arguments.Folder, SiteKeys.Longest)} has changed since {arguments.Revision} was planned: it has the SHA-256 {content.Hash}, and the plan {arguments.Sha256}. Build it again as it was, or plan a new deployment. Nothing was changed.");
    }

    /// <summary>What is in the folder, if it still is what was planned; else null.</summary>
    public async Task<SiteContent?> FindFolderAsync(SiteArguments arguments, CancellationToken cancellationToken)
    {
        try
        {
            SiteContent content = await ScanAsync(arguments.Folder, cancellationToken);
            return content.Hash == arguments.Sha256 ? content : null;
        }
        catch (DeploymentException)
        {
            // It is gone, or has by now what can't be served.
            return null;
        }
    }

    /// <summary>Reads a folder.</summary>
    public Task<SiteContent> ScanAsync(string folder, CancellationToken cancellationToken) => _scanner.ScanAsync(folder, Options.Files.Prefix, cancellationToken);

    /// <summary>Where the site lies.</summary>
    public string Place => $"s3://{Options.Files.Bucket}/{Options.Files.Prefix}";

    /// <summary>The site that is changed where it lies.</summary>
    public InPlaceSite InPlace(EffectContext context) => new(Bucket, Options.Files, context.TimeProvider, context.Epoch, Progress(context));

    /// <summary>Drops from the caches what isn't served any more, and what uploads had stored that didn't come to their end.</summary>
    /// <param name="caches">The distribution.</param>
    /// <param name="before">What was seen before.</param>
    /// <param name="now">What is served; null for what isn't ours.</param>
    /// <param name="context">The step.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task InvalidateAsync(OriginSwitch caches, SiteState before, SiteManifest? now, EffectContext context, CancellationToken cancellationToken)
    {
        // A step that is repeated finds its revision served already: then what came before it is in doubt, and so all that is kept counts.
        SiteManifest[] cached = before.Served is { } served && served.Revision != now?.Revision ? [served] : [.. before.Others.Where(manifest => manifest.Revision != now?.Revision)];
        bool known = cached.Length > 0 && before.Served is not null;
        (Distribution distribution, DistributionOrigin origin) = await caches.ReadAsync(cancellationToken);
        IReadOnlyList<string> paths = known && Below(origin) is { } below
            ? CacheChange.Paths(cached, now, Options.InvalidationPaths, distribution.DefaultRootObject, below, before.Intents.SelectMany(intent => intent.Files.Keys))
            : [InvalidationPaths.All];
        await caches.InvalidateAsync(paths, CacheChange.Reference(context, paths), Options.WaitForInvalidation, context, cancellationToken);
    }

    /// <summary>Drops from the caches what was removed: until then it could be asked for, and be cached, again.</summary>
    public async Task InvalidateAsync(OriginSwitch caches, IReadOnlyCollection<string> removed, EffectContext context, CancellationToken cancellationToken)
    {
        SiteManifest? served = (await InPlace(context).ReadRecordsAsync(cancellationToken)).Served;
        (Distribution distribution, DistributionOrigin origin) = await caches.ReadAsync(cancellationToken);
        IReadOnlyList<string> paths = Below(origin) is { } below
            ? InvalidationPaths.Of(removed.Select(key => below + key), (served?.Files.Keys ?? Enumerable.Empty<string>()).Select(key => below + key), Options.InvalidationPaths, distribution.DefaultRootObject)
            : [InvalidationPaths.All];
        await caches.InvalidateAsync(paths, CacheChange.Reference(context, paths), Options.WaitForInvalidation, context, cancellationToken);
    }

    /// <summary>What users put before a path of a site in place, because the origin's path isn't all of its prefix; null where they don't get to it by that origin.</summary>
    public string? Below(DistributionOrigin origin)
    {
        string folder = origin.Path.Length == 0 ? "" : origin.Path[1..] + "/";
        return Options.Files.Prefix.StartsWith(folder, StringComparison.Ordinal) ? Options.Files.Prefix[folder.Length..] : null;
    }

    /// <summary>Shows how far an upload is.</summary>
    public static IProgress<SiteProgress> Progress(EffectContext context) => new ReportedProgress(context);
}
