using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Deployment.Providers.HAProxy.Runtime;

/// <summary>Where HAProxy takes commands.</summary>
internal sealed class RuntimeAddress
{
    // What a Unix socket's address has room for.
    private const int LongestPath = 103;
    private readonly string? _path;
    private readonly string _host = "";
    private readonly int _port;

    private RuntimeAddress(string text, string path) => (Text, _path) = (text, path);

    private RuntimeAddress(string text, string host, int port) => (Text, _host, _port) = (text, host, port);

    /// <summary>As it was given.</summary>
    public string Text { get; }

    /// <summary>The same for <c>socat</c>.</summary>
    public string Socat => _path is null ? string.Create(CultureInfo.InvariantCulture, $"TCP:{Bracketed}:{_port}") : $"UNIX-CONNECT:{_path}";

    /// <summary>The same for the line <c>stats socket</c>.</summary>
    public string Listening => _path is null ? string.Create(CultureInfo.InvariantCulture, $"ipv{(IsV6 ? 6 : 4)}@{_host}:{_port} level admin expose-fd listeners") : $"{_path} mode 600 level admin expose-fd listeners";

    private bool IsV6 => _host.Contains(':', StringComparison.Ordinal);

    private string Bracketed => IsV6 ? $"[{_host}]" : _host;

    public static RuntimeAddress? TryParse(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            string path = text["unix:".Length..];
            return HAProxy.Text.IsPath(path) && Encoding.UTF8.GetByteCount(path) <= LongestPath ? new RuntimeAddress(text, path) : null;
        }

        int colon = text.LastIndexOf(':');
        if (!text.StartsWith("tcp:", StringComparison.Ordinal) || colon <= "tcp:".Length
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535)
        {
            return null;
        }

        string host = text["tcp:".Length..colon];
        bool inBrackets = host[0] == '[' && host[^1] == ']';
        string bare = inBrackets ? host[1..^1] : host;
        bool isV6 = bare.Contains(':', StringComparison.Ordinal);
        return HAProxy.Text.IsHost(bare) && inBrackets == isV6 && (!isV6 || IPAddress.TryParse(bare, out _)) ? new RuntimeAddress(text, bare, port) : null;
    }

    /// <exception cref="SocketException">It can't be reached.</exception>
    public async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        Socket socket = _path is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await (_path is null ? socket.ConnectAsync(_host, _port, cancellationToken) : socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), cancellationToken));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What a failed connection means, and what to do.</summary>
    public string Explain(SocketException error) => error.SocketErrorCode switch
    {
        _ when _path is not null && !File.Exists(_path) => $"There is no socket '{_path}', or this user may not look into its folder. Start HAProxy with `stats socket {_path} level admin`, as the files have it that {nameof(HAProxyRouter.WriteConfigurationAsync)} writes.",
        SocketError.ConnectionRefused => "Nobody listens there: HAProxy doesn't run, or has another `stats socket`.",
        SocketError.AccessDenied => "This user may not use the socket: give `stats socket` a user, group or mode that lets the deployer in.",
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => "Its host's name is unknown.",
        _ => $"{error.Message}.",
    };
}
