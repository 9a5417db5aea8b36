using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Hosting;

/// <summary>HTTP over a Unix socket.</summary>
internal static class UnixHttp
{
    public static HttpClient Client(string socket)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        };
        return new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public static Uri Uri(string path) => new("http://local" + path);

    /// <summary>The sentence of a failed answer.</summary>
    public static async Task<string> ErrorAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            ErrorAnswer? error = await answer.Content.ReadFromJsonAsync(LocalJson.Default.ErrorAnswer, cancellationToken);
            return error?.Error ?? $"It answered {(int)answer.StatusCode} and no reason.";
        }
        catch (JsonException)
        {
            return $"It answered {(int)answer.StatusCode} {answer.ReasonPhrase}.";
        }
    }
}
