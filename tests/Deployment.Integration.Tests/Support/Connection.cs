using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Deployment.Integration.Tests.Support;

/// <summary>One keep-alive connection of HTTP/1.1 that never repeats a request and never reconnects.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[8192];

    internal static async Task<Connection> OpenAsync(int port, CancellationToken cancellationToken)
    {
        var connection = new Connection();
        await connection._socket.ConnectAsync("127.0.0.1", port, cancellationToken);
        return connection;
    }

    /// <summary>Whether the last answer said that the server closes it.</summary>
    internal bool IsClosing { get; private set; }

    public void Dispose() => _socket.Dispose();

    /// <summary>The body; an exception for anything else than a whole answer with status 200.</summary>
    internal Task<string> GetAsync(CancellationToken cancellationToken) => GetAsync("/", cancellationToken);

    /// <summary>The body of what is at a path; an exception for anything else than a whole answer with status 200.</summary>
    internal Task<string> GetAsync(string path, CancellationToken cancellationToken) => ExchangeAsync($"GET {path} HTTP/1.1\r\nHost: shop.test\r\n\r\n", cancellationToken);

    /// <summary>The same for what is posted there.</summary>
    internal Task<string> PostAsync(string path, string body, CancellationToken cancellationToken) =>
        ExchangeAsync($"POST {path} HTTP/1.1\r\nHost: shop.test\r\nContent-Length: {body.Length}\r\n\r\n{body}", cancellationToken);

    private async Task<string> ExchangeAsync(string request, CancellationToken cancellationToken)
    {
        await _socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        int filled = 0;
        while (true)
        {
            int read = await _socket.ReceiveAsync(_buffer.AsMemory(filled), cancellationToken);
            filled += read;
            string text = Encoding.Latin1.GetString(_buffer, 0, filled);
            if (read == 0)
            {
                throw new IOException($"The connection was closed after {filled} bytes of an answer.");
            }

            if (WholeBody(text) is { } body)
            {
                IsClosing = text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Contains("\r\nConnection: close", StringComparison.OrdinalIgnoreCase);
                return text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) ? body : throw new IOException(text);
            }
        }
    }

    private static string? WholeBody(string text)
    {
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        string body = text[(end + 4)..];
        string? length = text[..end].Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return length is null
            ? Unchunked(body)
            : body.Length >= int.Parse(length["Content-Length:".Length..], CultureInfo.InvariantCulture) ? body : null;
    }

    private static string? Unchunked(string body)
    {
        if (!body.EndsWith("0\r\n\r\n", StringComparison.Ordinal))
        {
            return null;
        }

        var whole = new StringBuilder();
        for (int at = 0; ;)
        {
            int line = body.IndexOf("\r\n", at, StringComparison.Ordinal);
            int size = int.Parse(body.AsSpan(at, line - at), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return whole.ToString();
            }

            whole.Append(body, line + 2, size);
            at = line + 2 + size + 2;
        }
    }
}
