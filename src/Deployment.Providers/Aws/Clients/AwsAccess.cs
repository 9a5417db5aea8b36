using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.S3;
using Amazon.SecurityToken;

namespace Deployment.Providers.Aws.Clients;

/// <summary>
/// Makes the clients of one set of options, each once and only when it is asked for: a plan is read and printed without a region or credentials. They live as
/// long as the target, share the SDK's pools of connections, and so aren't disposed of.
/// </summary>
internal sealed class AwsAccess
{
    private readonly AwsOptions _options;
    private readonly Lazy<AWSCredentials?> _credentials;
    private readonly Lazy<IAmazonS3> _s3;

    public AwsAccess(AwsOptions options)
    {
        _options = options;
        // A failure isn't kept: who signs in meanwhile is let in by the next step.
        _credentials = new Lazy<AWSCredentials?>(FindCredentials, LazyThreadSafetyMode.PublicationOnly);
        _s3 = new Lazy<IAmazonS3>(() => new AmazonS3Client(_credentials.Value, Configured(new AmazonS3Config { ForcePathStyle = _options.Endpoint is not null })), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>S3, by the SDK's own client.</summary>
    /// <exception cref="AmazonClientException">There is no region, or no credentials.</exception>
    public IAmazonS3 S3 => _s3.Value;

    /// <summary>What signs requests to S3 now: refreshed where it expires.</summary>
    /// <exception cref="AmazonClientException">There are no credentials.</exception>
    public async Task<ImmutableCredentials> SignerAsync() => await (_credentials.Value ?? DefaultAWSCredentialsIdentityResolver.GetCredentials(S3.Config)).GetCredentialsAsync().ConfigureAwait(false);

    /// <summary>A service that the SDK has no restorable package for.</summary>
    /// <param name="service">What it is called in the SDK's settings, in addresses and in signatures.</param>
    /// <exception cref="AmazonClientException">There is no region, or no credentials.</exception>
    public AwsRestClient Rest(AwsService service) => new(_credentials.Value, Configured(new AwsRestConfig(service)));

    private AWSCredentials? FindCredentials() => _options.Role is null ? _options.Credentials : new AssumedRole(AssumeAs(), _options);

    private AmazonSecurityTokenServiceClient AssumeAs()
    {
        AmazonSecurityTokenServiceConfig config = Configured(new AmazonSecurityTokenServiceConfig());
        return new AmazonSecurityTokenServiceClient(_options.Credentials ?? DefaultAWSCredentialsIdentityResolver.GetCredentials(config), config);
    }

    private TConfig Configured<TConfig>(TConfig config)
        where TConfig : ClientConfig
    {
        if (_options.Profile is not null)
        {
            config.Profile = new Profile(_options.Profile);
        }

        if (_options.Region is not null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(_options.Region);
        }

        if (_options.Endpoint is not null)
        {
            // Setting an address clears the region, which is still what is signed for.
            string region = config.RegionEndpoint?.SystemName ?? throw new AmazonClientException("No region is set.");
            config.ServiceURL = _options.Endpoint.ToString();
            config.AuthenticationRegion = region;
        }

        config.RetryMode = RequestRetryMode.Standard;
        config.MaxErrorRetry = _options.Attempts - 1;
        config.Timeout = _options.Timeout;
        return config;
    }
}
