using System.Net;
using System.Text;
using System.Xml;
using Microsoft.AspNetCore.Http;

namespace Deployment.Tests.S3;

/// <summary>Writes answers in XML.</summary>
internal static class SmallS3Answer
{
    private static readonly XmlWriterSettings _settings = new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), CheckCharacters = false };

    public static Task ErrorAsync(HttpContext context, HttpStatusCode status, string code)
    {
        context.Response.StatusCode = (int)status;
        return context.Request.Method == "HEAD" ? Task.CompletedTask : XmlAsync(context, "Error", xml =>
        {
            xml.WriteElementString("Code", code);
            xml.WriteElementString("Message", $"The request failed: {code}.");
            xml.WriteElementString("RequestId", "0");
        });
    }

    public static async Task XmlAsync(HttpContext context, string root, Action<XmlWriter> content)
    {
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, _settings))
        {
            xml.WriteStartElement(root, root == "Error" ? "" : "http://s3.amazonaws.com/doc/2006-03-01/");
            content(xml);
            xml.WriteEndElement();
        }

        context.Response.ContentType = "application/xml";
        context.Response.ContentLength = buffer.Length;
        await context.Response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
    }
}
