using System.Collections.Concurrent;
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
    // docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html: the standard mode waits at most 20 seconds between attempts.
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(20);

    private readonly AwsOptions _options;
    private readonly Lazy<AWSCredentials?> _credentials;
    private readonly Lazy<IAmazonS3> _s3;
    private readonly ConcurrentDictionary<AwsService, AwsRestClient> _rest = new();

    public AwsAccess(AwsOptions options)
    {
        _options = options;
        // A failure isn't kept: who sets a region meanwhile is let in by the next step.
        _credentials = new Lazy<AWSCredentials?>(() => _options.Role is null ? _options.Credentials : new AssumedRole(AssumeAs(), _options), LazyThreadSafetyMode.PublicationOnly);
        _s3 = new Lazy<IAmazonS3>(() => new AmazonS3Client(_credentials.Value, Configured(new AmazonS3Config { ForcePathStyle = _options.Endpoint is not null })), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>S3, by the SDK's own client.</summary>
    /// <exception cref="AmazonClientException">There is no region, or no credentials.</exception>
    public IAmazonS3 S3 => _s3.Value;

    /// <summary>What signs requests to S3 now: refreshed where it expires.</summary>
    /// <exception cref="AmazonClientException">There are no credentials.</exception>
    public async Task<ImmutableCredentials> SignerAsync() => await (_credentials.Value ?? DefaultAWSCredentialsIdentityResolver.GetCredentials(S3.Config)).GetCredentialsAsync().ConfigureAwait(false);

    /// <summary>
    /// Waits for a call no longer than all of its attempts may take. The SDK's own limit ends with an answer's headers, so that a body which stalls would be
    /// waited for without end.
    /// </summary>
    /// <exception cref="TimeoutException">It took longer. The call itself is given up, and nobody waits for it.</exception>
    public Task<T> InTimeAsync<T>(Task<T> call, CancellationToken cancellationToken) =>
        call.WaitAsync((_options.Timeout * (_options.Attempts + 1)) + (_longestPause * (_options.Attempts - 1)), TimeProvider.System, cancellationToken);

    /// <summary>Calls a service that the SDK has no restorable package for.</summary>
    /// <exception cref="AwsFailure">There is no region or there are no credentials, or it was refused or failed.</exception>
    public Task<AwsRestResponse> SendAsync(AwsService service, AwsRestRequest request, CancellationToken cancellationToken)
    {
        AwsRestClient client;
        try
        {
            client = _rest.GetOrAdd(service, wanted => new AwsRestClient(_credentials.Value, Configured(new AwsRestConfig(wanted))));
        }
        catch (Exception error) when (AwsFailure.Is(error, cancellationToken))
        {
            throw AwsFailure.Of(error, $"{service.Permission}:{request.Action}", request.Resource);
        }

        return client.SendAsync(request, cancellationToken);
    }

    // Without credentials it looks along the SDK's chain, when it is asked.
    private AmazonSecurityTokenServiceClient AssumeAs() => new(_options.Credentials, Configured(new AmazonSecurityTokenServiceConfig()));

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
