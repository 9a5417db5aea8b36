using Amazon.Runtime;

namespace Deployment.Providers.Aws.Clients;

/// <summary>What a service answered, unread.</summary>
internal sealed class AwsRestResponse : AmazonWebServiceResponse
{
    public byte[] Body { get; init; } = [];

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
