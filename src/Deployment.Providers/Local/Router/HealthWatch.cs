using System.Net;
using System.Net.Sockets;
using Deployment.Providers.Local.Protocol;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Router;

/// <summary>
/// Probes the instances of a target's table for as long as they are in it. It lives in the router, beside the requests that it decides
/// about, so that it goes on without a supervisor and no table has to be switched for it.
/// </summary>
internal sealed class HealthWatch : IDisposable
{
    private static readonly HealthProbe Default = new();

    private readonly CancellationTokenSource _stop = new();
    private readonly Switchboard _board;
    private readonly ILogger _logger;
    private readonly TimeProvider _timeProvider;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.Zero });

    public HealthWatch(Switchboard board, ILogger logger, TimeProvider timeProvider)
    {
        _board = board;
        _logger = logger;
        _timeProvider = timeProvider;
        _ = WatchAsync(_stop.Token);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _client.Dispose();
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                HealthProbe probe = _board.Table.Rules.Health ?? Default;
                await Task.Delay(TimeSpan.FromSeconds(probe.IntervalSeconds), _timeProvider, stop);
                await Task.WhenAll(_board.Active.Instances.Select(instance => LookAsync(instance, probe, stop)));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The target is served no longer.
        }
    }

    private async Task LookAsync(Instance instance, HealthProbe probe, CancellationToken stop)
    {
        bool well = await IsWellAsync(instance, probe, stop);
        if (instance.Probed(well, probe.UnhealthyAfter, probe.HealthyAfter))
        {
            if (well)
            {
                RouterLog.Healthy(_logger, instance.Port, _board.Table.Target);
            }
            else
            {
                RouterLog.Unhealthy(_logger, instance.Port, _board.Table.Target, probe.UnhealthyAfter);
            }
        }
    }

    private async Task<bool> IsWellAsync(Instance instance, HealthProbe probe, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(probe.TimeoutSeconds), _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            return probe.Path is { } path ? await AnswersAsync(instance, path, either.Token) : await AcceptsAsync(instance, either.Token);
        }
        catch (Exception error) when (error is SocketException or HttpRequestException or IOException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task<bool> AnswersAsync(Instance instance, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(instance.Address, path))
        {
            Version = (_board.Table.Upstream ?? UpstreamSettings.Default).Version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using HttpResponseMessage answer = await _client.SendAsync(request, cancellationToken);
        return answer.StatusCode is >= HttpStatusCode.OK and < HttpStatusCode.BadRequest;
    }

    private static async Task<bool> AcceptsAsync(Instance instance, CancellationToken cancellationToken)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await probe.ConnectAsync(new IPEndPoint(IPAddress.Loopback, instance.Port), cancellationToken);
        return true;
    }
}
