using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>One keep-alive connection of HTTP/1.1 that never repeats and never reconnects: what fails, fails the test.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private RawClient()
    {
    }

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync("127.0.0.1", port);
        return client;
    }

    public void Dispose() => _socket.Dispose();

    public Task<RawAnswer> GetAsync(string path) => SendAsync($"GET {path} HTTP/1.1\r\nHost: shop.test\r\n\r\n");

    public Task<RawAnswer> PostAsync(string path, string body) =>
        SendAsync($"POST {path} HTTP/1.1\r\nHost: shop.test\r\nContent-Type: text/plain\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    public async Task<RawAnswer> SendAsync(string request)
    {
        await WriteAsync(request);
        return await ReadAnswerAsync();
    }

    public async Task WriteAsync(string text)
    {
        ReadOnlyMemory<byte> bytes = Encoding.Latin1.GetBytes(text);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes)..];
        }
    }

    public async Task<RawAnswer> ReadAnswerAsync()
    {
        string status = await ReadLineAsync();
        List<KeyValuePair<string, string>> headers = [];
        for (string line = await ReadLineAsync(); line.Length > 0; line = await ReadLineAsync())
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
        }

        string? length = headers.FirstOrDefault(header => header.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value;
        List<KeyValuePair<string, string>> trailers = [];
        int code = int.Parse(status.Split(' ')[1], CultureInfo.InvariantCulture);
        // RFC 9112, section 6.3: such answers have no body, whatever they say.
        string body = code is 204 or 304 ? ""
            : length is not null ? await ReadAsync(int.Parse(length, CultureInfo.InvariantCulture))
            : await ReadChunksAsync(trailers);
        return new RawAnswer(code, headers, body) { Trailers = trailers };
    }

    /// <summary>Reads a head alone, to its empty line.</summary>
    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        for (string line = await ReadLineAsync(); line.Length > 0; line = await ReadLineAsync())
        {
            head.Append(line).Append('\n');
        }

        return head.ToString();
    }

    /// <summary>Whether the router closes the connection, after whatever it still says.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            while (true)
            {
                await ReadByteAsync();
            }
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            return true;
        }
    }

    private async Task<string> ReadChunksAsync(List<KeyValuePair<string, string>> trailers)
    {
        var body = new StringBuilder();
        while (true)
        {
            int size = int.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                for (string line = await ReadLineAsync(); line.Length > 0; line = await ReadLineAsync())
                {
                    int colon = line.IndexOf(':', StringComparison.Ordinal);
                    trailers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
                }

                return body.ToString();
            }

            body.Append(await ReadAsync(size));
            await ReadLineAsync();
        }
    }

    public async Task<string> ReadAsync(int count)
    {
        var text = new StringBuilder(count);
        while (text.Length < count)
        {
            text.Append((char)await ReadByteAsync());
        }

        return text.ToString();
    }

    public async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        for (byte next = await ReadByteAsync(); next != '\n'; next = await ReadByteAsync())
        {
            line.Append((char)next);
        }

        return line.ToString().TrimEnd('\r');
    }

    private async ValueTask<byte> ReadByteAsync()
    {
        if (_start == _end)
        {
            _start = 0;
            _end = await _socket.ReceiveAsync(_buffer);
            if (_end == 0)
            {
                throw new IOException("The router closed the connection.");
            }
        }

        return _buffer[_start++];
    }
}

internal sealed record RawAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)
{
    public IReadOnlyList<KeyValuePair<string, string>> Trailers { get; init; } = [];

    public string? Header(string name) => Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
