using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.CloudFront;
using Deployment.Providers.Aws.Sites.Verbs;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites;

/// <summary>
/// Serves a folder (<see cref="S3Site.Folder"/>) from S3, behind CloudFront. An atomic site has each revision below a prefix of its own, between which the
/// distribution switches; a site in place is changed where it lies. What a deployment stored is found by the records that it keeps beside the site; nothing
/// else in the bucket is touched.
/// </summary>
public sealed class S3SiteTarget : DeploymentTarget, IPinArtifacts, IShowChanges, ITidyUp
{
    private readonly SiteWork _work;
    private readonly ISiteKind _kind;

    private S3SiteTarget(string name, S3SiteTargetOptions options, Func<SiteWork, ICloudFront, ISiteKind> kind, ICloudFront? cloudFront)
        : base(name)
    {
        var access = new AwsAccess(options.Aws);
        _work = new SiteWork(name, options, access);
        _kind = kind(_work, cloudFront ?? new CloudFrontClient(access));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Verb> Verbs => _kind.Verbs;

    /// <inheritdoc/>
    public override IReadOnlyList<Prerequisite> Prerequisites =>
    [
        new($"The aws tool must be installed here, with credentials that may read and write s3://{_work.Options.Files.Bucket}/{_work.Options.Files.Prefix}{(_work.Options.Distribution is { } id ? $" and change the distribution {id}" : "")}.", [SiteLines.Aws(_work.Options, "sts", "get-caller-identity")]),
        .. _kind is AtomicKind ? new[] { new Prerequisite("The tool jq must be installed here, to change a distribution's configuration.", ["jq --version"]) } : [],
    ];

    /// <summary>
    /// A site whose revisions lie side by side: users have one of them whole. A switch changes the path of the distribution's origin, which takes minutes to
    /// reach all edges; going back to what is kept takes as long, and no upload. For the strategy blue-green.
    /// </summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="distribution">The id of the CloudFront distribution.</param>
    /// <param name="name">The target's name: 1 to 63 letters, digits, '.' or '-'.</param>
    /// <param name="configure">Sets the options; null for their defaults.</param>
    /// <exception cref="DeploymentValidationException">Something can't be used; every error is reported.</exception>
    public static S3SiteTarget Atomic(string bucket, string distribution, string name, Action<S3SiteTargetOptions>? configure = null) =>
        Atomic(bucket, distribution, name, configure, null);

    /// <summary>
    /// A site that is changed where it lies: fewest bytes, and no other distribution; while an update takes place some users have files of both revisions. For
    /// the strategy recreate.
    /// </summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="name">The target's name: 1 to 63 letters, digits, '.' or '-'.</param>
    /// <param name="configure">Sets the options; null for their defaults.</param>
    /// <exception cref="DeploymentValidationException">Something can't be used; every error is reported.</exception>
    public static S3SiteTarget InPlace(string bucket, string name, Action<S3SiteTargetOptions>? configure = null) => InPlace(bucket, name, configure, null);

    internal static S3SiteTarget Atomic(string bucket, string distribution, string name, Action<S3SiteTargetOptions>? configure, ICloudFront? cloudFront) => new(
        name,
        Configure(bucket, name, configure, options => options.Distribution = distribution ?? "", options => options.AtomicProblems()),
        (work, caches) => new AtomicKind(work, caches),
        cloudFront);

    internal static S3SiteTarget InPlace(string bucket, string name, Action<S3SiteTargetOptions>? configure, ICloudFront? cloudFront) =>
        new(name, Configure(bucket, name, configure, _ => { }, _ => []), (work, caches) => new InPlaceKind(work, caches), cloudFront);

    /// <inheritdoc/>
    public override Task<Observation> ObserveAsync(CancellationToken cancellationToken) => _kind.ObserveAsync(cancellationToken);

    /// <summary>The capability: revisions side by side and a switch for an atomic site, an update for one in place.</summary>
    public override T? Capability<T>(Observation seen)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(seen);
        return _kind.Capabilities(seen) as T ?? base.Capability<T>(seen);
    }

    /// <inheritdoc/>
    public override string? Refuses(Artifact artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        return SiteRelease.Refuses(artifact);
    }

    /// <summary>Reads the folder and hashes what is in it.</summary>
    public async Task<Artifact> PinAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        if (artifact.Sha256 is not null)
        {
            return artifact;
        }

        SiteContent content = await _work.ScanAsync(artifact.Package ?? throw new DeploymentException(SiteRelease.Refuses(artifact)!), cancellationToken);
        return artifact with { Sha256 = content.Hash };
    }

    Task<TargetChanges> IShowChanges.ChangesAsync(Release release, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(release);
        return new SiteChanges(_work, _kind).OfAsync(release, cancellationToken);
    }

    Task ITidyUp.TidyUpAsync(EffectContext context, CancellationToken cancellationToken) => _kind.TidyUpAsync(context, cancellationToken);

    private static S3SiteTargetOptions Configure(string bucket, string name, Action<S3SiteTargetOptions>? configure, Action<S3SiteTargetOptions> fix, Func<S3SiteTargetOptions, IEnumerable<string>> more)
    {
        var given = new S3SiteTargetOptions();
        configure?.Invoke(given);
        S3SiteTargetOptions options = given.Copy();
        options.Files.Bucket = bucket ?? "";
        fix(options);
        string[] problems = [.. options.Problems(name), .. more(options)];
        return problems.Length == 0 ? options : throw new DeploymentValidationException($"The site target '{Naming.Printable(name ?? "")}'", problems);
    }
}
