using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>A web socket whose messages come back. It ends with the closing handshake; whatever else ends it is a failure.</summary>
internal sealed class WebSocketLoadConnection : ILoadConnection
{
    private readonly ClientWebSocket _socket = new();
    private readonly Http2LoadClient _client = new();
    private readonly byte[] _piece = new byte[16 * 1024];

    private WebSocketLoadConnection()
    {
    }

    /// <summary>Opens one by HTTP/1.1 (RFC 6455) or by HTTP/2 (RFC 8441).</summary>
    public static async Task<ILoadConnection> ConnectAsync(int port, Version version)
    {
        var connection = new WebSocketLoadConnection();
        try
        {
            connection._socket.Options.HttpVersion = version;
            connection._socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            await connection._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/ws"), connection._client.Invoker, CancellationToken.None);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _client.Dispose();
    }

    public async Task<LoadAnswer> SendAsync(LoadRequest request)
    {
        byte[] message = Encoding.UTF8.GetBytes($"{request.Path} {request.Body}");
        // In two fragments, which must come out as one message.
        await _socket.SendAsync(message.AsMemory(0, message.Length / 2), WebSocketMessageType.Text, false, CancellationToken.None);
        await _socket.SendAsync(message.AsMemory(message.Length / 2), WebSocketMessageType.Text, true, CancellationToken.None);
        return new LoadAnswer(200, await ReceiveAsync() ?? throw new IOException($"The other side closed the web socket ({_socket.CloseStatus}) and did not answer."));
    }

    public async Task FinishAsync()
    {
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None);
        if (await ReceiveAsync() is not null || _socket.CloseStatus != WebSocketCloseStatus.NormalClosure || _socket.CloseStatusDescription != "bye")
        {
            throw new IOException($"The web socket did not end with the application's close: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
        }
    }

    // Null when the other side closes.
    private async Task<string?> ReceiveAsync()
    {
        var text = new MemoryStream();
        while (true)
        {
            ValueWebSocketReceiveResult received = await _socket.ReceiveAsync(_piece.AsMemory(), CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            text.Write(_piece, 0, received.Count);
            if (received.EndOfMessage)
            {
                return Encoding.UTF8.GetString(text.ToArray());
            }
        }
    }
}
