using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Deployment.Providers.Local.Router.Http1;

/// <summary>What an answer's head says about the rest; its headers stand in the client's answer already.</summary>
/// <param name="Status">100 to 999.</param>
/// <param name="Kind">How the body ends.</param>
/// <param name="Length">The body's length, if it has one.</param>
/// <param name="Keeps">Whether the connection can be used again.</param>
/// <param name="Framed">Whether the chunks are framed here: see <see cref="AnswerSink"/>.</param>
internal readonly record struct AnswerPlan(int Status, AnswerBodyKind Kind, long Length, bool Keeps, bool Framed)
{
    /// <summary>Takes the head off the connection and puts its headers into the answer; null when it has not come whole.</summary>
    /// <exception cref="BrokenAnswerException">It is none.</exception>
    public static AnswerPlan? TryTake(InstanceConnection connection, HttpContext context, WebSocketKind webSocket)
    {
        if (!AnswerHead.TryRead(connection.Unread.Span, out AnswerHead head, out int length))
        {
            return null;
        }

        AnswerPlan plan = head.Status >= 200 || (head.Status == StatusCodes.Status101SwitchingProtocols && webSocket != WebSocketKind.None)
            ? Apply(head, context)
            : new AnswerPlan(head.Status, AnswerBodyKind.None, 0, false, false);
        connection.Consume(length);
        return plan;
    }

    private static AnswerPlan Apply(AnswerHead head, HttpContext context)
    {
        HttpResponse response = context.Response;
        AnswerBodyKind kind = KindOf(head, context.Request.Method);
        bool framed = kind == AnswerBodyKind.Chunked && Microsoft.AspNetCore.Http.HttpProtocol.IsHttp11(context.Request.Protocol);
        response.StatusCode = head.Status;
        context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = Reason(head);
        string[]? named = ForwardedHeaders.Named(head.Named);
        foreach (AnswerHead.Line line in head.Headers)
        {
            string name = HeaderNamesKnown.Of(line.Name);
            if (ForwardedHeaders.PassesBack(name, named) && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                Add(response.Headers, name, Encoding.Latin1.GetString(line.Value));
            }
        }

        if (head.Status is >= 200 and not StatusCodes.Status204NoContent)
        {
            response.ContentLength = head.ContentLength;
        }

        if (framed)
        {
            response.Headers.TransferEncoding = "chunked";
        }

        return new AnswerPlan(head.Status, kind, head.ContentLength ?? 0, head.Keeps && kind != AnswerBodyKind.ToEnd, framed);
    }

    private static AnswerBodyKind KindOf(AnswerHead head, string method) =>
        head.Status is < 200 or StatusCodes.Status204NoContent or StatusCodes.Status304NotModified || HttpMethods.IsHead(method) ? AnswerBodyKind.None
        : head.Chunked ? AnswerBodyKind.Chunked
        : head.ContentLength is not null ? AnswerBodyKind.Length
        : AnswerBodyKind.ToEnd;

    // Null is the usual phrase, which Kestrel has ready.
    private static string? Reason(AnswerHead head)
    {
        string usual = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(head.Status);
        return Ascii.Equals(head.Reason, usual) ? null : Encoding.Latin1.GetString(head.Reason);
    }

    private static void Add(IHeaderDictionary headers, string name, string value)
    {
        if (!headers.TryAdd(name, value))
        {
            headers[name] = StringValues.Concat(headers[name], value);
        }
    }
}
