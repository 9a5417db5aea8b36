using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Deployment.Providers.Aws.Clients;
using Deployment.Releases;

namespace Deployment.Providers.Aws.CloudFront;

/// <summary>CloudFront by its REST interface of 2020-05-31 (docs.aws.amazon.com/cloudfront/latest/APIReference).</summary>
internal sealed class CloudFrontClient(AwsAccess access) : ICloudFront
{
    private static readonly AwsService _service = new("CloudFront", "cloudfront", IsGlobal: true);
    private static readonly XNamespace _space = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

    public async Task<Distribution> GetDistributionAsync(string id, CancellationToken cancellationToken) =>
        Read(id, await SendAsync(new AwsRestRequest("GetDistribution", $"the distribution {id}", "GET", "/2020-05-31/distribution/{Id}") { Values = { ["Id"] = id } }, cancellationToken).ConfigureAwait(false));

    public async Task<Distribution> UpdateDistributionAsync(Distribution changed, CancellationToken cancellationToken) =>
        Read(changed.Id, await SendAsync(
            new AwsRestRequest("UpdateDistribution", $"the distribution {changed.Id}", "PUT", "/2020-05-31/distribution/{Id}/config")
            {
                Values = { ["Id"] = changed.Id },
                Headers = { ["If-Match"] = changed.ETag },
                Body = Bytes(changed.Configuration),
                ContentType = "application/xml",
            },
            cancellationToken).ConfigureAwait(false));

    public async Task<Invalidation> CreateInvalidationAsync(string distribution, string callerReference, IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        ReadInvalidation(await SendAsync(
            new AwsRestRequest("CreateInvalidation", $"the distribution {distribution}", "POST", "/2020-05-31/distribution/{Id}/invalidation")
            {
                Values = { ["Id"] = distribution },
                Body = Bytes(new XElement(
                    _space + "InvalidationBatch",
                    new XElement(
                        _space + "Paths",
                        new XElement(_space + "Quantity", paths.Count.ToString(CultureInfo.InvariantCulture)),
                        new XElement(_space + "Items", paths.Select(path => new XElement(_space + "Path", path)))),
                    new XElement(_space + "CallerReference", callerReference))),
                ContentType = "application/xml",
            },
            cancellationToken).ConfigureAwait(false));

    public async Task<Invalidation> GetInvalidationAsync(string distribution, string id, CancellationToken cancellationToken) =>
        ReadInvalidation(await SendAsync(
            new AwsRestRequest("GetInvalidation", $"the invalidation {id} of the distribution {distribution}", "GET", "/2020-05-31/distribution/{Id}/invalidation/{Invalidation}")
            {
                Values = { ["Id"] = distribution, ["Invalidation"] = id },
            },
            cancellationToken).ConfigureAwait(false));

    private Task<AwsRestResponse> SendAsync(AwsRestRequest request, CancellationToken cancellationToken) => access.SendAsync(_service, request, cancellationToken);

    private static Distribution Read(string id, AwsRestResponse response)
    {
        XElement root = Xml(response);
        XElement configuration = root.Element(root.Name.Namespace + "DistributionConfig") ?? throw Unreadable("a distribution without its configuration");
        string etag = response.Headers.GetValueOrDefault("ETag") ?? throw Unreadable("a distribution without an ETag");
        return new Distribution(id, etag, Text(root, "Status") == "Deployed", configuration);
    }

    private static Invalidation ReadInvalidation(AwsRestResponse response)
    {
        XElement root = Xml(response);
        string id = Text(root, "Id");
        return id.Length is > 0 and <= 64 && id.All(char.IsAsciiLetterOrDigit)
            ? new Invalidation(id, string.Equals(Text(root, "Status"), "Completed", StringComparison.OrdinalIgnoreCase))
            : throw Unreadable($"an invalidation with the id '{Naming.Printable(id)}'");
    }

    private static XElement Xml(AwsRestResponse response)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(response.Body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            return XElement.Load(reader);
        }
        catch (XmlException error)
        {
            throw Unreadable($"no XML ({Naming.Printable(error.Message)})");
        }
    }

    private static DeploymentException Unreadable(string what) => new($"CloudFront answered with {what}. Is the endpoint CloudFront's?");

    private static string Text(XElement parent, string name) => parent.Element(parent.Name.Namespace + name)?.Value ?? "";

    private static byte[] Bytes(XElement element) => Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + element.ToString(SaveOptions.DisableFormatting));
}
