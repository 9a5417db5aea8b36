namespace Deployment.Providers.Aws.CloudFront;

/// <summary>What is asked of CloudFront: the operations have the names of the official client's, which could stand here.</summary>
internal interface ICloudFront
{
    /// <summary>The distribution with its configuration and ETag.</summary>
    Task<Distribution> GetDistributionAsync(string id, CancellationToken cancellationToken);

    /// <summary>Replaces the whole configuration, if the ETag is still that of the one that was read.</summary>
    /// <exception cref="Clients.AwsFailure">Somebody else has changed it since: <see cref="Clients.AwsFailure.IsLostRace"/>.</exception>
    Task<Distribution> UpdateDistributionAsync(Distribution changed, CancellationToken cancellationToken);

    /// <summary>Invalidates paths. The same reference with the same paths again gives the invalidation that there is.</summary>
    Task<Invalidation> CreateInvalidationAsync(string distribution, string callerReference, IReadOnlyList<string> paths, CancellationToken cancellationToken);

    /// <summary>How far an invalidation is.</summary>
    Task<Invalidation> GetInvalidationAsync(string distribution, string id, CancellationToken cancellationToken);
}
