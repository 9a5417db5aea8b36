using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Deployment.Providers.Local.Router;

/// <summary>
/// Sends requests to instances over pooled connections, or over a new one each to those that close after every answer, as servers of
/// HTTP/1.0 do. <see cref="SocketsHttpHandler"/> puts such a connection back into its pool, and under load it finds so many of them
/// closed in turn that it gives up.
/// </summary>
internal sealed class InstanceClients : IDisposable
{
    private readonly HttpMessageInvoker _pooled = new(Handler());
    private readonly HttpMessageInvoker _single = new(Handler(single: true));
    private readonly ConcurrentDictionary<string, bool> _closing = new(StringComparer.Ordinal);

    public void Dispose()
    {
        _pooled.Dispose();
        _single.Dispose();
    }

    /// <param name="request">The request.</param>
    /// <param name="again">Makes it once more; asked only when it has no content.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Func<HttpRequestMessage> again, CancellationToken cancellationToken)
    {
        string instance = request.RequestUri!.Authority;
        if (_closing.ContainsKey(instance))
        {
            return Learn(instance, await _single.SendAsync(request, cancellationToken));
        }

        try
        {
            return Learn(instance, await _pooled.SendAsync(request, cancellationToken));
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ResponseEnded && request.Content is null && _closing.ContainsKey(instance))
        {
            // What the instance is was learned while this was on its way, on a connection that had been closed after another's answer.
            using HttpRequestMessage second = again();
            return await _single.SendAsync(second, cancellationToken);
        }
    }

    private HttpResponseMessage Learn(string instance, HttpResponseMessage response)
    {
        bool keeps = response.Version >= HttpVersion.Version11
            || response.Headers.Connection.Contains("keep-alive", StringComparer.OrdinalIgnoreCase);
        if (keeps)
        {
            _closing.TryRemove(instance, out _);
        }
        else
        {
            _closing[instance] = true;
        }

        return response;
    }

    private static SocketsHttpHandler Handler(bool single = false) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        // Shorter than the keep-alive of common servers (Node closes after 5 seconds), so that a pooled connection
        // is rarely closed by the instance just when a request is put on it.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
        PooledConnectionLifetime = single ? TimeSpan.Zero : Timeout.InfiniteTimeSpan,
        // Header bytes pass as they are: Latin-1 maps each byte to one character and back.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    };
}
