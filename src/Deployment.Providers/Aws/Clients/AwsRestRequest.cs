using Amazon.Runtime;

namespace Deployment.Providers.Aws.Clients;

/// <summary>One call.</summary>
/// <param name="action">Its name, which is that of IAM's action as well, such as <c>UpdateAlias</c>.</param>
/// <param name="resource">What it is about, for messages.</param>
/// <param name="method">The HTTP method.</param>
/// <param name="path">The path; <c>{Name}</c> stands for a value of <see cref="Values"/>.</param>
internal sealed class AwsRestRequest(string action, string resource, string method, string path) : AmazonWebServiceRequest
{
    public string Action { get; } = action;

    public string Resource { get; } = resource;

    public string Method { get; } = method;

    public string Path { get; } = path;

    public Dictionary<string, string> Values { get; init; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Query { get; init; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Headers { get; init; } = new(StringComparer.Ordinal);

    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = "application/json";
}
