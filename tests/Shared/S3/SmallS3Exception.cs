using System.Net;

namespace Deployment.Tests.S3;

internal sealed class SmallS3Exception(HttpStatusCode status, string code) : Exception(code)
{
    public HttpStatusCode Status { get; } = status;

    public string Code { get; } = code;
}
