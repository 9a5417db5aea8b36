using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;

namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>Unary calls of gRPC over HTTP/2, many at once: one frame there, one frame back, and the status in the trailers.</summary>
internal sealed class GrpcLoadConnection(Uri at) : ILoadConnection
{
    private const int Head = 5;
    private const string ContentType = "application/grpc";

    private readonly Http2LoadClient _client = new();

    public void Dispose() => _client.Dispose();

    public async Task<LoadAnswer> SendAsync(LoadRequest request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(at, request.Path)) { Content = new OnceContent(FrameOf(request.Body ?? "")) };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        using HttpResponseMessage answer = await _client.SendAsync(message);
        byte[] body = await answer.Content.ReadAsByteArrayAsync();
        if ((int)answer.StatusCode != 200 || answer.Content.Headers.ContentType?.MediaType != ContentType)
        {
            return new LoadAnswer((int)answer.StatusCode is var status and not 200 ? status : 0, $"{answer.Content.Headers.ContentType}, not {ContentType}");
        }

        string? state = Trailer(answer, "grpc-status");
        return state != "0" ? new LoadAnswer(0, $"grpc-status is {state ?? "missing"}") : Unframe(body, Trailer(answer, "x-version"));
    }

    private static string? Trailer(HttpResponseMessage answer, string name) =>
        answer.TrailingHeaders.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(',', values) : null;

    // One byte for compression, four for the length.
    private static byte[] FrameOf(string message)
    {
        byte[] frame = new byte[Head + Encoding.UTF8.GetByteCount(message)];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - Head);
        Encoding.UTF8.GetBytes(message, frame.AsSpan(Head));
        return frame;
    }

    private static LoadAnswer Unframe(byte[] body, string? version)
    {
        if (body.Length < Head || body[0] != 0 || BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1)) != body.Length - Head)
        {
            return new LoadAnswer(0, $"{body.Length} bytes that are not one frame: {Convert.ToHexString(body.AsSpan(0, Math.Min(body.Length, Head)))}");
        }

        string text = Encoding.UTF8.GetString(body.AsSpan(Head));
        return version is not null && text.StartsWith(version + ":", StringComparison.Ordinal)
            ? new LoadAnswer(200, text)
            : new LoadAnswer(0, $"the trailers are of {version ?? "nobody"}, and the frame is not");
    }
}
