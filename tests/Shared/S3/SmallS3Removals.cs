using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Deployment.Tests.S3;

/// <summary>Removals of many objects (API/API_DeleteObjects.html).</summary>
internal static class SmallS3Removals
{
    private const int Most = 1000;
    private const string Locked = "AccessDenied";

    public static async Task RemoveAsync(HttpContext context, SmallS3Bucket bucket)
    {
        var asked = XDocument.Parse(System.Text.Encoding.UTF8.GetString(await SmallS3Body.ReadAsync(context.Request)));
        (string Key, string? ETag)[] objects = [.. asked.Descendants().Where(element => element.Name.LocalName == "Object").Select(element => (Of(element, "Key")!, Of(element, "ETag")?.Trim('"')))];
        bool quiet = asked.Descendants().Any(element => element.Name.LocalName == "Quiet" && element.Value == "true");
        if (objects.Length > Most)
        {
            throw new SmallS3Exception(System.Net.HttpStatusCode.BadRequest, "MalformedXML");
        }

        List<(string Key, string Code)> refused = [];
        List<string> removed = [];
        foreach ((string key, string? etag) in objects)
        {
            if (Refusal(bucket.Objects.GetValueOrDefault(key), etag) is { } code)
            {
                refused.Add((key, code));
            }
            else
            {
                bucket.Remove(key);
                removed.Add(key);
            }
        }

        await SmallS3Answer.XmlAsync(context, "DeleteResult", xml =>
        {
            foreach (string key in quiet ? [] : removed)
            {
                xml.WriteStartElement("Deleted");
                xml.WriteElementString("Key", key);
                xml.WriteEndElement();
            }

            foreach ((string key, string code) in refused)
            {
                xml.WriteStartElement("Error");
                xml.WriteElementString("Key", key);
                xml.WriteElementString("Code", code);
                xml.WriteElementString("Message", code == Locked ? "It is locked." : "It is another one.");
                xml.WriteEndElement();
            }
        });
    }

    // A lock of a test's own; and userguide/conditional-deletes.html.
    private static string? Refusal(SmallS3Object? there, string? etag) =>
        there is null ? etag is null ? null : "NoSuchKey"
        : there.Headers.ContainsKey("x-amz-meta-locked") ? Locked
        : etag is not null && etag != there.ETag ? "PreconditionFailed"
        : null;

    private static string? Of(XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name)?.Value;
}
