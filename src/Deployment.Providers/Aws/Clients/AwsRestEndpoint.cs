using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Deployment.Providers.Aws.Clients;

/// <summary>Gives a call its address and the region that is signed for.</summary>
internal sealed class AwsRestEndpoint : PipelineHandler
{
    public override void InvokeSync(IExecutionContext executionContext) => throw new NotSupportedException("Calls are asynchronous.");

    public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
    {
        (Uri address, string region) = ((AwsRestConfig)executionContext.RequestContext.ClientConfig).Resolve();
        executionContext.RequestContext.Request.Endpoint = address;
        executionContext.RequestContext.Request.AuthenticationRegion = region;
        return base.InvokeAsync<T>(executionContext);
    }
}
