using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Deployment.Tests.S3;

/// <summary>Removals of many objects (API/API_DeleteObjects.html).</summary>
internal static class SmallS3Removals
{
    private const int Most = 1000;

    public static async Task RemoveAsync(HttpContext context, SmallS3Bucket bucket)
    {
        var asked = XDocument.Parse(System.Text.Encoding.UTF8.GetString(await SmallS3Body.ReadAsync(context.Request)));
        string[] keys = [.. asked.Descendants().Where(element => element.Name.LocalName == "Key").Select(element => element.Value)];
        bool quiet = asked.Descendants().Any(element => element.Name.LocalName == "Quiet" && element.Value == "true");
        if (keys.Length > Most)
        {
            throw new SmallS3Exception(System.Net.HttpStatusCode.BadRequest, "MalformedXML");
        }

        // A lock of a test's own.
        string[] locked = [.. keys.Where(key => bucket.Objects.TryGetValue(key, out SmallS3Object? its) && its.Headers.ContainsKey("x-amz-meta-locked"))];
        foreach (string key in keys.Except(locked))
        {
            bucket.Remove(key);
        }

        await SmallS3Answer.XmlAsync(context, "DeleteResult", xml =>
        {
            foreach (string key in quiet ? [] : keys.Except(locked))
            {
                xml.WriteStartElement("Deleted");
                xml.WriteElementString("Key", key);
                xml.WriteEndElement();
            }

            foreach (string key in locked)
            {
                xml.WriteStartElement("Error");
                xml.WriteElementString("Key", key);
                xml.WriteElementString("Code", "AccessDenied");
                xml.WriteElementString("Message", "It is locked.");
                xml.WriteEndElement();
            }
        });
    }
}
