using System.Net;
using System.Net.Sockets;
using Deployment.Providers.Local.Processes;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Waits until an instance is ready.</summary>
internal static class InstanceReadiness
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(5);

    // What takes long to start may wait a little longer to be noticed: a fiftieth of what it took by then.
    private const int Share = 50;

    private static readonly HttpMessageInvoker Client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.Zero });

    /// <summary>Null when it is ready, else one sentence about what it did instead.</summary>
    public static async Task<string?> WaitAsync(RunningProcess process, int port, string? healthPath, Version version, TimeSpan limit, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        long begin = timeProvider.GetTimestamp();
        while (true)
        {
            bool ready = await AcceptsAsync(port, cancellationToken) && (healthPath is null || await IsWellAsync(port, healthPath, version, timeProvider, cancellationToken));
            // Asked after the connection: one that died just now did not accept it.
            if (process.Exit.IsCompleted)
            {
                int? code = await process.Exit;
                return $"exited early{(code is null ? "" : $" with exit code {code}")}.";
            }

            if (ready)
            {
                return null;
            }

            TimeSpan waited = timeProvider.GetElapsedTime(begin);
            if (waited >= limit)
            {
                return healthPath is null
                    ? $"did not listen on 127.0.0.1:{port} within {limit.TotalSeconds} s. Have it listen on the port that {{port}} or PORT names."
                    : $"did not answer GET {healthPath} on 127.0.0.1:{port} with 200 to 399 within {limit.TotalSeconds} s. Have it listen on the port that {{port}} or PORT names.";
            }

            TimeSpan pause = waited / Share;
            await Task.Delay(pause < Shortest ? Shortest : pause > Longest ? Longest : pause, timeProvider, cancellationToken);
        }
    }

    public static async Task<bool> AcceptsAsync(int port, CancellationToken cancellationToken)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<bool> IsWellAsync(int port, string path, Version version, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ProbeLimit, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", port).Uri, path)) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        try
        {
            using HttpResponseMessage answer = await Client.SendAsync(request, either.Token);
            return answer.StatusCode is >= HttpStatusCode.OK and < HttpStatusCode.BadRequest;
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
