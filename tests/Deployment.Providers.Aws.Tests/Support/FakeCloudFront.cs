using System.Net;
using System.Xml.Linq;
using Amazon.Runtime;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.CloudFront;

namespace Deployment.Providers.Aws.Tests.Support;

/// <summary>
/// One distribution, as CloudFront behaves where moto doesn't: it compares ETags, takes its time, and limits invalidations.
/// </summary>
internal sealed class FakeCloudFront(TimeProvider time) : ICloudFront
{
    public const string Id = "E2EXAMPLE";

    private readonly Dictionary<string, (Invalidation Made, string[] Paths, DateTimeOffset Done)> _invalidations = new(StringComparer.Ordinal);
    private Distribution _distribution = new(Id, "V1", true, Configuration());
    private DateTimeOffset _deployed = time.GetUtcNow();
    private int _version = 1;

    /// <summary>How long all edges take to have another configuration.</summary>
    public TimeSpan EdgesTake { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an invalidation takes.</summary>
    public TimeSpan InvalidationTakes { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Where the origin is, as the last update has it.</summary>
    public string Path => _distribution.Origins[0].Path;

    /// <summary>How many updates were taken.</summary>
    public int Updates { get; private set; }

    /// <summary>The invalidations, by reference, with when each was asked for.</summary>
    public List<(string Reference, string[] Paths, bool WasDeployed)> Invalidated { get; } = [];

    /// <summary>Happens before each update is looked at.</summary>
    public Action BeforeUpdate { get; set; } = () => { };

    /// <summary>Happens before each invalidation is looked at.</summary>
    public Action BeforeInvalidation { get; set; } = () => { };

    /// <summary>Happens once each change was made, before its answer is on the way.</summary>
    public Action<string> Changed { get; set; } = _ => { };

    public Task<Distribution> GetDistributionAsync(string id, CancellationToken cancellationToken) => Task.FromResult(new Distribution(Id, _distribution.ETag, time.GetUtcNow() >= _deployed, _distribution.Configuration));

    // docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html: PreconditionFailed, 412, where If-Match isn't the version.
    public Task<Distribution> UpdateDistributionAsync(Distribution changed, CancellationToken cancellationToken)
    {
        BeforeUpdate();
        if (changed.ETag != _distribution.ETag)
        {
            throw Refusal("UpdateDistribution", "PreconditionFailed", HttpStatusCode.PreconditionFailed);
        }

        if (!CloudFrontRules.IsOriginPath(changed.Origins[0].Path))
        {
            throw Refusal("UpdateDistribution", "InvalidArgument", HttpStatusCode.BadRequest);
        }

        Updates++;
        Store(changed);
        Changed("UpdateDistribution");
        return GetDistributionAsync(Id, cancellationToken);
    }

    // docs.aws.amazon.com/cloudfront/latest/APIReference/API_InvalidationBatch.html: the same reference with the same paths is the same invalidation.
    public Task<Invalidation> CreateInvalidationAsync(string distribution, string callerReference, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        BeforeInvalidation();
        if (paths.Count == 0 || !paths.All(CloudFrontRules.IsInvalidationPath))
        {
            throw Refusal("CreateInvalidation", "InvalidArgument", HttpStatusCode.BadRequest);
        }

        if (_invalidations.TryGetValue(callerReference, out (Invalidation Made, string[] Paths, DateTimeOffset Done) before))
        {
            return before.Paths.SequenceEqual(paths) ? Task.FromResult(before.Made) : throw Refusal("CreateInvalidation", "InvalidationBatchAlreadyExists", HttpStatusCode.BadRequest);
        }

        string[] inProgress = [.. _invalidations.Values.Where(other => other.Done > time.GetUtcNow()).SelectMany(other => other.Paths), .. paths];
        if (inProgress.Count(path => path.EndsWith('*')) > CloudFrontRules.MostWildcards || inProgress.Count(path => !path.EndsWith('*')) > CloudFrontRules.MostFiles)
        {
            throw Refusal("CreateInvalidation", "TooManyInvalidationsInProgress", HttpStatusCode.BadRequest);
        }

        var made = new Invalidation($"I{_invalidations.Count + 1}", false);
        _invalidations[callerReference] = (made, [.. paths], time.GetUtcNow() + InvalidationTakes);
        Invalidated.Add((callerReference, [.. paths], time.GetUtcNow() >= _deployed));
        Changed("CreateInvalidation");
        return Task.FromResult(made);
    }

    public Task<Invalidation> GetInvalidationAsync(string distribution, string id, CancellationToken cancellationToken) =>
        Task.FromResult(new Invalidation(id, _invalidations.Values.Single(found => found.Made.Id == id).Done <= time.GetUtcNow()));

    /// <summary>Somebody else moves the origin, or changes something else when the path is what it is.</summary>
    public void ChangeByHand(string path) => Store(_distribution.WithOriginPath("site", path));

    private void Store(Distribution changed)
    {
        _distribution = new Distribution(Id, $"V{++_version}", false, changed.Configuration);
        _deployed = time.GetUtcNow() + EdgesTake;
    }

    private static AwsFailure Refusal(string action, string code, HttpStatusCode status) => AwsFailure.Of(new AmazonServiceException(code, ErrorType.Sender, code, "r1", status), $"cloudfront:{action}", Id);

    private static XElement Configuration() => XElement.Parse("""
        <DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><DefaultRootObject>index.html</DefaultRootObject><Origins><Quantity>2</Quantity><Items>
        <Origin><Id>site</Id><DomainName>shop-site.s3.eu-central-1.amazonaws.com</DomainName><OriginPath></OriginPath></Origin>
        <Origin><Id>api</Id><DomainName>api.example.com</DomainName><OriginPath>/v1</OriginPath></Origin>
        </Items></Origins></DistributionConfig>
        """);
}
