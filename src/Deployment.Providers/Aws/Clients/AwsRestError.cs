using System.Text.Json;
using System.Xml;
using System.Xml.Linq;

namespace Deployment.Providers.Aws.Clients;

/// <summary>An error as AWS's REST interfaces write it, in JSON or in XML (smithy.io/2.0/aws/protocols).</summary>
internal sealed record AwsRestError(string? Code, string? Message, string? Request)
{
    /// <summary>Reads what may be an error, or anything else that a proxy answers.</summary>
    /// <param name="body">The body.</param>
    /// <param name="type">The header <c>x-amzn-ErrorType</c>, where there is one.</param>
    public static AwsRestError Read(byte[] body, string? type)
    {
        AwsRestError error = FromJson(body) ?? FromXml(body) ?? new AwsRestError(null, null, null);
        return error with { Code = Plain(type) ?? Plain(error.Code) };
    }

    private static AwsRestError? FromJson(byte[] body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind != JsonValueKind.Object ? null
                : new AwsRestError(Text(json.RootElement, "__type") ?? Text(json.RootElement, "code"), Text(json.RootElement, "message") ?? Text(json.RootElement, "Message"), null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static AwsRestError? FromXml(byte[] body)
    {
        try
        {
            // No DTD is read: what answers may be anybody.
            using var reader = XmlReader.Create(new MemoryStream(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            var xml = XDocument.Load(reader);
            string? Of(string name) => xml.Descendants().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
            return new AwsRestError(Of("Code"), Of("Message"), Of("RequestId"));
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Such as com.amazonaws.lambda#ResourceNotFoundException:http://internal.amazon.com/…
    private static string? Plain(string? type) => type is not { Length: > 0 } ? null : type[(type.LastIndexOf('#') + 1)..].Split(':')[0];
}
