using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace QuickStart.Load;

/// <summary>
/// One keep-alive connection of HTTP/1.1. Unlike <see cref="HttpClient"/>, which may send a request again when a pooled connection was
/// closed, it never repeats anything: a generator that heals failures would hide what it is there to find.
/// </summary>
internal sealed class KeepAliveConnection : IDisposable
{
    private const int LongestLine = 16 * 1024;
    private const int LongestBody = 16 * 1024 * 1024;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    private KeepAliveConnection()
    {
    }

    /// <summary>Whether the server lets another request follow on this connection.</summary>
    public bool IsOpen { get; private set; } = true;

    public static async Task<KeepAliveConnection> OpenAsync(int port, CancellationToken cancellationToken)
    {
        var connection = new KeepAliveConnection();
        try
        {
            await connection._socket.ConnectAsync("127.0.0.1", port, cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <exception cref="IOException">The answer is cut short or is no HTTP.</exception>
    /// <exception cref="SocketException">The connection was reset.</exception>
    public async Task<HttpAnswer> GetAsync(string path, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        while (!request.IsEmpty)
        {
            request = request[await _socket.SendAsync(request, cancellationToken)..];
        }

        string[] status = (await ReadLineAsync(cancellationToken)).Split(' ', 3);
        if (status.Length < 2 || !status[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || !int.TryParse(status[1], NumberStyles.None, CultureInfo.InvariantCulture, out int code))
        {
            throw new IOException($"The answer begins with '{string.Join(' ', status)}', which is no HTTP.");
        }

        Dictionary<string, string> headers = await ReadHeadersAsync(cancellationToken);
        IsOpen = !headers.GetValueOrDefault("Connection", "").Equals("close", StringComparison.OrdinalIgnoreCase);
        return new HttpAnswer(code, Encoding.UTF8.GetString(await ReadBodyAsync(headers, cancellationToken)));
    }

    private async Task<Dictionary<string, string>> ReadHeadersAsync(CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (string line = await ReadLineAsync(cancellationToken); line.Length > 0; line = await ReadLineAsync(cancellationToken))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..Math.Max(colon, 0)]] = line[(colon + 1)..].Trim();
        }

        return headers;
    }

    private async Task<byte[]> ReadBodyAsync(Dictionary<string, string> headers, CancellationToken cancellationToken)
    {
        if (headers.TryGetValue("Content-Length", out string? length))
        {
            return await ReadExactlyAsync(ParseSize(length, NumberStyles.None), cancellationToken);
        }

        if (!headers.GetValueOrDefault("Transfer-Encoding", "").Equals("chunked", StringComparison.OrdinalIgnoreCase))
        {
            throw new IOException("The answer says neither how long it is nor that it comes in chunks, so it can't be told from one that is cut short.");
        }

        List<byte> body = [];
        while (true)
        {
            byte[] chunk = await ReadExactlyAsync(ParseSize((await ReadLineAsync(cancellationToken)).Split(';')[0], NumberStyles.HexNumber), cancellationToken);
            body.AddRange(chunk);
            await ReadLineAsync(cancellationToken);
            if (chunk.Length == 0)
            {
                return [.. body];
            }
        }
    }

    private static int ParseSize(string text, NumberStyles style) =>
        int.TryParse(text, style, CultureInfo.InvariantCulture, out int size) && size is >= 0 and <= LongestBody
            ? size
            : throw new IOException($"'{text}' is no length of a body.");

    private async Task<byte[]> ReadExactlyAsync(int count, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = await ReadByteAsync(cancellationToken);
        }

        return bytes;
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        for (byte next = await ReadByteAsync(cancellationToken); next != '\n'; next = await ReadByteAsync(cancellationToken))
        {
            if (line.Append((char)next).Length > LongestLine)
            {
                throw new IOException("A line of the answer does not end.");
            }
        }

        return line.ToString().TrimEnd('\r');
    }

    private async ValueTask<byte> ReadByteAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = 0;
            _end = await _socket.ReceiveAsync(_buffer, cancellationToken);
            if (_end == 0)
            {
                throw new IOException("The connection was closed before the whole answer came.");
            }
        }

        return _buffer[_start++];
    }
}
