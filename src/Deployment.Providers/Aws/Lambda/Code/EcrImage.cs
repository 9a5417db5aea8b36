using System.Text.Json;
using System.Text.RegularExpressions;
using Deployment.Providers.Aws.Clients;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Code;

/// <summary>An image in Amazon ECR, which is where functions take theirs from.</summary>
/// <param name="Repository">With its registry, such as <c>123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop</c>.</param>
/// <param name="Tag">Its tag; null where the digest says it.</param>
/// <param name="Digest">64 hexadecimal digits; null where the tag says it.</param>
internal sealed partial record EcrImage(string Repository, string? Tag, string? Digest)
{
    private static readonly AwsService _service = new("ECR", "ecr") { Host = "api.ecr" };

    /// <summary>Null where it is no image of ECR.</summary>
    public static EcrImage? Parse(string? reference) => Form().Match(reference ?? "") is { Success: true } match
        ? new EcrImage($"{match.Groups["registry"].Value}/{match.Groups["name"].Value}", match.Groups["tag"] is { Success: true } tag ? tag.Value : null, match.Groups["digest"] is { Success: true } digest ? digest.Value : null)
        : null;

    /// <summary>What the tag stands for now.</summary>
    /// <exception cref="DeploymentException">There is no such image, or it can't be asked for.</exception>
    public async Task<string> ResolveAsync(AwsAccess access, CancellationToken cancellationToken)
    {
        if (Digest is not null)
        {
            return Digest;
        }

        AwsRestRequest call = Describe();
        return DigestIn(await access.SendAsync(_service, call, cancellationToken))
            ?? throw new DeploymentException($"ecr:DescribeImages on {Naming.Printable(call.Resource)} named no digest. Name the image with its digest: {Naming.Printable(Repository)}@sha256:….");
    }

    // docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
    private AwsRestRequest Describe()
    {
        int slash = Repository.IndexOf('/', StringComparison.Ordinal);
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("registryId", Repository[..Repository.IndexOf('.', StringComparison.Ordinal)]);
            json.WriteString("repositoryName", Repository[(slash + 1)..]);
            json.WriteStartArray("imageIds");
            json.WriteStartObject();
            json.WriteString("imageTag", Tag ?? "latest");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return new AwsRestRequest("DescribeImages", $"{Repository}:{Tag ?? "latest"}", "POST", "/")
        {
            Headers = { ["X-Amz-Target"] = "AmazonEC2ContainerRegistry_V20150921.DescribeImages" },
            ContentType = "application/x-amz-json-1.1",
            Body = body.ToArray(),
        };
    }

    private static string? DigestIn(AwsRestResponse answer)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(answer.Body);
            string? digest = json.RootElement.GetProperty("imageDetails").EnumerateArray().Select(image => image.GetProperty("imageDigest").GetString()).FirstOrDefault();
            return digest is not null && DigestForm().Match(digest) is { Success: true } match ? match.Groups[1].Value : null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\A(?<registry>[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?)/(?<name>[a-z0-9]+(?:[._/-][a-z0-9]+)*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@sha256:(?<digest>[0-9a-f]{64}))?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Form();

    [GeneratedRegex(@"\Asha256:([0-9a-f]{64})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex DigestForm();
}
