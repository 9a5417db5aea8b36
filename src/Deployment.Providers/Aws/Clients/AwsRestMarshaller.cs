using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace Deployment.Providers.Aws.Clients;

/// <summary>Writes a call as the SDK's pipeline sends it.</summary>
internal sealed class AwsRestMarshaller(AwsService service) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var call = (AwsRestRequest)input;
        var request = new DefaultRequest(call, service.Id)
        {
            HttpMethod = call.Method,
            ResourcePath = call.Path,
            UseQueryString = call.Query.Count > 0,
        };
        foreach ((string name, string value) in call.Values)
        {
            request.AddPathResource($"{{{name}}}", value);
        }

        foreach ((string name, string value) in call.Query)
        {
            request.Parameters.Add(name, value);
        }

        foreach ((string name, string value) in call.Headers)
        {
            request.Headers[name] = value;
        }

        if (call.Body is not null)
        {
            request.Content = call.Body;
            request.Headers["Content-Type"] = call.ContentType;
        }

        return request;
    }
}
