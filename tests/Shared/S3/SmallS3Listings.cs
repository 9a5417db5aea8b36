using System.Globalization;
using System.Text;
using System.Xml;
using Microsoft.AspNetCore.Http;

namespace Deployment.Tests.S3;

/// <summary>Listings of objects, by pages of at most 1,000 (API/API_ListObjectsV2.html, API/API_ListObjects.html), and of uploads.</summary>
internal static class SmallS3Listings
{
    private const int MostKeys = 1000;

    public static Task ObjectsAsync(HttpContext context, SmallS3Bucket bucket)
    {
        IQueryCollection query = context.Request.Query;
        bool second = query["list-type"] == "2";
        string prefix = query["prefix"].ToString();
        string delimiter = query["delimiter"].ToString();
        string after = !second ? query["marker"].ToString()
            : query["continuation-token"].ToString() is { Length: > 0 } token ? Encoding.UTF8.GetString(Convert.FromBase64String(token))
            : query["start-after"].ToString();
        int most = query["max-keys"].ToString() is { Length: > 0 } asked ? Math.Min(int.Parse(asked, CultureInfo.InvariantCulture), MostKeys) : MostKeys;
        Func<string, string> encoded = query["encoding-type"] == "url" ? Encoded : key => key;
        List<(string Key, SmallS3Object Object)> found = [];
        SortedSet<string> folders = new(StringComparer.Ordinal);
        string last = "";
        bool truncated = false;
        foreach ((string key, SmallS3Object its) in bucket.After(after, prefix))
        {
            int folder = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            string? common = folder < 0 ? null : key[..(folder + delimiter.Length)];
            if (common is not null && (folders.Contains(common) || after.StartsWith(common, StringComparison.Ordinal)))
            {
                last = key;
                continue;
            }

            if (found.Count + folders.Count == most)
            {
                truncated = true;
                break;
            }

            last = key;
            if (common is null)
            {
                found.Add((key, its));
            }
            else
            {
                folders.Add(common);
            }
        }

        return SmallS3Answer.XmlAsync(context, "ListBucketResult", xml =>
        {
            xml.WriteElementString("Prefix", encoded(prefix));
            xml.WriteElementString("MaxKeys", most.ToString(CultureInfo.InvariantCulture));
            xml.WriteElementString("IsTruncated", truncated ? "true" : "false");
            if (query["encoding-type"] == "url")
            {
                xml.WriteElementString("EncodingType", "url");
            }

            if (truncated)
            {
                xml.WriteElementString(second ? "NextContinuationToken" : "NextMarker", second ? Convert.ToBase64String(Encoding.UTF8.GetBytes(last)) : encoded(last));
            }

            if (second)
            {
                xml.WriteElementString("KeyCount", (found.Count + folders.Count).ToString(CultureInfo.InvariantCulture));
            }

            found.ForEach(it => Write(xml, encoded(it.Key), it.Object));
            foreach (string folder in folders)
            {
                xml.WriteStartElement("CommonPrefixes");
                xml.WriteElementString("Prefix", encoded(folder));
                xml.WriteEndElement();
            }
        });
    }

    public static Task UploadsAsync(HttpContext context, SmallS3Bucket bucket)
    {
        string prefix = context.Request.Query["prefix"].ToString();
        Func<string, string> encoded = context.Request.Query["encoding-type"] == "url" ? Encoded : key => key;
        return SmallS3Answer.XmlAsync(context, "ListMultipartUploadsResult", xml =>
        {
            xml.WriteElementString("IsTruncated", "false");
            if (context.Request.Query["encoding-type"] == "url")
            {
                xml.WriteElementString("EncodingType", "url");
            }

            foreach ((string id, SmallS3Upload upload) in bucket.Uploads.Where(upload => upload.Value.Key.StartsWith(prefix, StringComparison.Ordinal)))
            {
                xml.WriteStartElement("Upload");
                xml.WriteElementString("Key", encoded(upload.Key));
                xml.WriteElementString("UploadId", id);
                xml.WriteEndElement();
            }
        });
    }

    private static void Write(XmlWriter xml, string key, SmallS3Object its)
    {
        xml.WriteStartElement("Contents");
        xml.WriteElementString("Key", key);
        xml.WriteElementString("LastModified", its.Modified.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        xml.WriteElementString("ETag", $"\"{its.ETag}\"");
        xml.WriteElementString("Size", its.Size.ToString(CultureInfo.InvariantCulture));
        xml.WriteElementString("StorageClass", "STANDARD");
        xml.WriteEndElement();
    }

    private static string Encoded(string key) => Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal).Replace("%20", "+", StringComparison.Ordinal);
}
