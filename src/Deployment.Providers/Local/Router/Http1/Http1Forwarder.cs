using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router.Http1;

/// <summary>
/// Forwards over HTTP/1.1 with pooled connections, streaming both ways. It has a client of its own because a general one neither
/// passes trailers, nor leaves it to the instance whether a body is sent, nor promises never to send a request twice by itself.
/// </summary>
internal sealed class Http1Forwarder(Func<TrustedProxies> proxies, TimeProvider timeProvider) : IRequestForwarder, IDisposable
{
    private readonly InstancePool _pool = new(timeProvider);

    public void Dispose() => _pool.Dispose();

    public async Task<ForwardResult> ForwardAsync(HttpContext context, Lane lane, Uri instance, bool withholdNotFound)
    {
        if (RequestShape.Of(context, proxies()) is not { } shape)
        {
            return RequestRules.Refuse(context);
        }

        if (_pool.Rested(instance) is { } rested)
        {
            var first = new Http1Exchange(context, lane, shape, rested, withholdNotFound, timeProvider);
            ForwardResult result = await RunAsync(first);
            if (result.Outcome != ForwardOutcome.NoAnswer || first.Heard || first.TimedOut || !shape.MayRepeat)
            {
                return result;
            }

            // The instance closed the connection while it rested, as every server may at any time, and the request can bear being sent again.
        }

        return await ConnectAsync(context, lane, instance) switch
        {
            (null, ForwardOutcome failure) => failure,
            ({ } connection, _) => await RunAsync(new Http1Exchange(context, lane, shape, connection, withholdNotFound, timeProvider)),
        };
    }

    private async ValueTask<(InstanceConnection? Connection, ForwardOutcome Failure)> ConnectAsync(HttpContext context, Lane lane, Uri instance)
    {
        try
        {
            return (await _pool.ConnectAsync(instance, TimeSpan.FromSeconds(lane.Upstream.ConnectSeconds), context.RequestAborted), default);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return (null, context.RequestAborted.IsCancellationRequested ? ForwardOutcome.ClientFailed
                : error is OperationCanceledException ? ForwardOutcome.TimedOut : ForwardOutcome.NotConnected);
        }
    }

    private async ValueTask<ForwardResult> RunAsync(Http1Exchange exchange)
    {
        ForwardResult result = await exchange.RunAsync();
        if (result.Tunnel is { } tunnel)
        {
            return result with { Tunnel = (tunnels, on) => ThroughAsync(tunnel(tunnels, on), exchange.Connection) };
        }

        Leave(exchange);
        return result;
    }

    private async Task ThroughAsync(Task tunnel, InstanceConnection connection)
    {
        try
        {
            await tunnel;
        }
        finally
        {
            _pool.Drop(connection);
        }
    }

    private void Leave(Http1Exchange exchange)
    {
        if (exchange.MayGoOn)
        {
            _pool.Return(exchange.Connection);
        }
        else
        {
            _pool.Drop(exchange.Connection);
        }
    }
}
