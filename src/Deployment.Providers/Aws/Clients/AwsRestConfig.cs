using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace Deployment.Providers.Aws.Clients;

/// <summary>The SDK's configuration of a client, for a service without a package.</summary>
internal sealed class AwsRestConfig : ClientConfig
{
    private static readonly DefaultConfiguration _defaults = new() { Name = DefaultConfigurationMode.Standard, RetryMode = RequestRetryMode.Standard };

    public AwsRestConfig(AwsService service)
        : base(new DefaultConfigurationProvider([_defaults]))
    {
        Service = service;
        ServiceId = service.Id;
        AuthenticationServiceName = service.SigningName;
    }

    public AwsService Service { get; }

    public override string ServiceVersion => "";

    public override string UserAgent => "deployment-sdk";

    public override string RegionEndpointServiceName => Service.SigningName;

    /// <summary>The address, and the region that is signed for.</summary>
    public (Uri Address, string Region) Resolve()
    {
        RegionEndpoint? region = RegionEndpoint ?? (AuthenticationRegion is { Length: > 0 } given ? RegionEndpoint.GetBySystemName(given) : null);
        if (region is null)
        {
            throw new AmazonClientException("No region is set.");
        }

        string signed = Service.IsGlobal ? GlobalRegion(region) : region.SystemName;
        if (ServiceURL is { Length: > 0 } url)
        {
            return (new Uri(url), signed);
        }

        // docs.aws.amazon.com/general/latest/gr/cf_region.html: one address for all of a partition, but China's has its region.
        string host = !Service.IsGlobal ? $"{Service.Host}.{region.SystemName}"
            : region.PartitionName == "aws" ? Service.Host
            : $"{Service.Host}.{signed}";
        return (new Uri($"https://{host}.{region.PartitionDnsSuffix}"), signed);
    }

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) => new(Resolve().Address.ToString());

    private static string GlobalRegion(RegionEndpoint region) => region.PartitionName == "aws-cn" ? "cn-northwest-1" : "us-east-1";
}
