using System.Net;
using Microsoft.AspNetCore.Http;

namespace Deployment.Tests.S3;

/// <summary>Conditions of writes (userguide/conditional-writes.html).</summary>
internal static class SmallS3Conditions
{
    public static void Check(HttpRequest request, SmallS3Object? there)
    {
        string wanted = request.Headers.IfMatch.ToString();
        if (wanted.Length > 0 && there is null)
        {
            throw new SmallS3Exception(HttpStatusCode.NotFound, "NoSuchKey");
        }

        if ((wanted.Length > 0 && wanted.Trim('"') != there!.ETag) || (request.Headers.IfNoneMatch == "*" && there is not null))
        {
            throw new SmallS3Exception(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        }
    }
}
