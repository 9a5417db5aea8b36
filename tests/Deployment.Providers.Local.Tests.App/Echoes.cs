using System.Buffers.Binary;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Tests.App;

/// <summary>Says back what it is told, after the version that says it, in protocols that are more than one request and one answer.</summary>
internal static class Echoes
{
    private const int LongestFrame = 4 * 1024 * 1024;

    private static string Version => Environment.GetEnvironmentVariable("VERSION") ?? "none";

    /// <summary>A web socket. Each message is how many milliseconds the answer takes, a space, and what is said back. It is closed when the client closes it.</summary>
    public static async Task WebSocketAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        while (await ReceiveAsync(socket, context.RequestAborted) is { } message)
        {
            int space = message.IndexOf(' ', StringComparison.Ordinal);
            await Task.Delay(int.Parse(message[..space], CultureInfo.InvariantCulture), context.RequestAborted);
            await socket.SendAsync(Encoding.UTF8.GetBytes($"{Version}:{message[(space + 1)..]}"), WebSocketMessageType.Text, true, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", context.RequestAborted);
    }

    /// <summary>A unary call of gRPC: a frame there, a frame back, and the status in the trailers, with the version beside it.</summary>
    public static async Task GrpcAsync(HttpContext context, int milliseconds)
    {
        context.Response.ContentType = "application/grpc";
        if (context.Request.Headers.TE != "trailers" || context.Request.ContentType != "application/grpc")
        {
            // What no client of gRPC leaves out, and no proxy may take away.
            context.Response.AppendTrailer("grpc-status", "13");
            return;
        }

        byte[] head = new byte[5];
        await context.Request.Body.ReadExactlyAsync(head, context.RequestAborted);
        int length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1));
        if (head[0] != 0 || length is < 0 or > LongestFrame)
        {
            context.Response.AppendTrailer("grpc-status", "12");
            return;
        }

        byte[] message = new byte[length];
        await context.Request.Body.ReadExactlyAsync(message, context.RequestAborted);
        await Task.Delay(milliseconds, context.RequestAborted);
        byte[] version = Encoding.UTF8.GetBytes(Version + ":");
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), version.Length + length);
        await context.Response.Body.WriteAsync((byte[])[.. head, .. version, .. message], context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
        context.Response.AppendTrailer("x-version", Version);
    }

    // Null when the client closes.
    private static async Task<string?> ReceiveAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var text = new MemoryStream();
        byte[] piece = new byte[16 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(piece.AsMemory(), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            text.Write(piece, 0, received.Count);
            if (received.EndOfMessage)
            {
                return Encoding.UTF8.GetString(text.ToArray());
            }
        }
    }
}
