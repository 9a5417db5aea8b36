using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;

namespace Deployment.Providers.Aws.Clients;

/// <summary>Takes an answer as bytes, and an error by its code.</summary>
internal sealed class AwsRestUnmarshaller : ResponseUnmarshaller
{
    // Twice the largest answer there is: that of a function which was invoked, 6 MB in Base64.
    private const int LongestBody = 16 * 1024 * 1024;

    public static AwsRestUnmarshaller Instance { get; } = new();

    public override AmazonWebServiceResponse Unmarshall(UnmarshallerContext context) => new AwsRestResponse
    {
        Body = ReadBody(context),
        Headers = context.ResponseData.GetHeaderNames().Distinct(StringComparer.OrdinalIgnoreCase)
            .ToDictionary(name => name, context.ResponseData.GetHeaderValue, StringComparer.OrdinalIgnoreCase),
    };

    public override AmazonServiceException UnmarshallException(UnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
    {
        AwsRestError error = AwsRestError.Read(ReadBody(context), Header(context, "x-amzn-ErrorType"));
        string? request = error.Request ?? Header(context, "x-amzn-RequestId");
        return new AmazonServiceException(error.Message ?? $"The service answered {(int)statusCode}.", innerException, ErrorType.Unknown, error.Code ?? statusCode.ToString(), request, statusCode);
    }

    protected override UnmarshallerContext ConstructUnmarshallerContext(Stream responseStream, bool maintainResponseBody, IWebResponseData response, bool isException) =>
        new AwsRestContext(responseStream, response);

    protected override UnmarshallerContext ConstructUnmarshallerContext(Stream responseStream, bool maintainResponseBody, IWebResponseData response, bool isException, IRequestContext requestContext) =>
        new AwsRestContext(responseStream, response);

    private static string? Header(UnmarshallerContext context, string name) => context.ResponseData.IsHeaderPresent(name) ? context.ResponseData.GetHeaderValue(name) : null;

    private static byte[] ReadBody(UnmarshallerContext context)
    {
        using var body = new MemoryStream();
        var buffer = new byte[81_920];
        Stream stream = ((AwsRestContext)context).Stream;
        for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
        {
            body.Write(buffer, 0, read);
            if (body.Length > LongestBody)
            {
                throw new AmazonClientException($"The answer is longer than {LongestBody / 1024 / 1024} MB, which no answer of AWS is.");
            }
        }

        return body.ToArray();
    }
}
