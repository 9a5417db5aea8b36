using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Deployment.Providers.Aws.Clients;

/// <summary>
/// Calls a service of AWS for which the SDK's package can't be had, by the SDK's own pipeline: its credentials, signatures, retries and connections.
/// See docs/decisions/0013-thin-clients-of-aws.md.
/// </summary>
internal sealed class AwsRestClient(AWSCredentials? credentials, AwsRestConfig config) : AmazonServiceClient(credentials, config)
{
    private readonly AwsRestMarshaller _marshaller = new(config.Service);

    /// <summary>Sends a call, again where it was throttled or met a passing fault.</summary>
    /// <exception cref="DeploymentException">It was refused or failed; the message says which action on which resource, and what to do.</exception>
    public async Task<AwsRestResponse> SendAsync(AwsRestRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await InvokeAsync<AwsRestResponse>(request, new InvokeOptions { RequestMarshaller = _marshaller, ResponseUnmarshaller = AwsRestUnmarshaller.Instance }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (AwsFailure.Is(error, cancellationToken))
        {
            throw AwsFailure.Of(error, $"{config.Service.Permission}:{request.Action}", request.Resource);
        }
    }

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new AwsRestEndpoint());
        pipeline.AddHandlerAfter<Marshaller>(new AwsRestAuthentication());
    }
}
