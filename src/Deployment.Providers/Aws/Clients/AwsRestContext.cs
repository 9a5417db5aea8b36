using Amazon.Runtime.Internal.Transform;

namespace Deployment.Providers.Aws.Clients;

/// <summary>An answer whose body is read whole; the SDK's readers of XML and JSON aren't used.</summary>
internal sealed class AwsRestContext : UnmarshallerContext
{
    public AwsRestContext(Stream stream, IWebResponseData response)
    {
        Stream = stream;
        WebResponseData = response;
    }

    public Stream Stream { get; }

    public override string CurrentPath => "";

    public override int CurrentDepth => 0;

    public override bool IsStartElement => false;

    public override bool IsEndElement => false;

    public override bool IsStartOfDocument => true;
}
