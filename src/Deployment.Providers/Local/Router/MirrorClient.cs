using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Deployment.Providers.Local.Router;

/// <summary>Sends copies of requests, not more than so many at once, and not for longer than so long.</summary>
internal sealed class MirrorClient(Func<TrustedProxies> proxies, TimeProvider timeProvider) : IDisposable
{
    private const int MostAtOnce = 64;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // Apart from the users' connections: a candidate that hangs takes nothing from them.
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        MaxConnectionsPerServer = MostAtOnce,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    });

    private int _underWay;

    /// <summary>Copies say about the client what the request itself does.</summary>
    public TrustedProxies Proxies => proxies();

    public void Dispose() => _client.Dispose();

    public TimeProvider Time => timeProvider;

    /// <summary>Takes one of the places; false when all are taken.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _underWay) <= MostAtOnce)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _underWay);

    /// <summary>Sends a copy and gives the place back. Null when it was not answered whole and in time.</summary>
    public async Task<MirrorAnswer?> SendAsync(HttpRequestMessage copy, bool hashBody)
    {
        try
        {
            using (copy)
            {
                using var limit = new CancellationTokenSource(Limit, timeProvider);
                long begin = timeProvider.GetTimestamp();
                using HttpResponseMessage answer = await _client.SendAsync(copy, limit.Token);
                TimeSpan latency = timeProvider.GetElapsedTime(begin);
                string hash = await ReadAsync(answer, limit.Token);
                return new MirrorAnswer((int)answer.StatusCode, hashBody ? hash : null, latency);
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
        finally
        {
            Leave();
        }
    }

    private static async Task<string> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                hash.AppendData(buffer, 0, read);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
