using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>
/// Lets a router whose successor listens already finish: it accepts nothing more, closes each connection with its next answer, and
/// is done when none is left. A connection that stays idle is closed after a while, as by any server's keep-alive limit.
/// </summary>
internal sealed class Retirement(TimeProvider timeProvider)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    // What was accepted just before may not be counted yet.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(10);

    private long _connections;
    private long _requests;
    private long _lastEnd;
    private volatile bool _retires;

    /// <summary>Counts a connection for as long as it lasts.</summary>
    public async Task ConnectAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    /// <summary>Counts a request until it is disposed, and has its connection closed after it when this router retires.</summary>
    public Request Enter(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        if (HttpProtocol.IsHttp2(context.Request.Protocol) || HttpProtocol.IsHttp3(context.Request.Protocol))
        {
            if (_retires)
            {
                // GOAWAY: streams that are open go on, new ones belong on another connection.
                context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
            }
        }
        else
        {
            context.Response.OnStarting(CloseAsync, context);
        }

        return new Request(this);
    }

    /// <summary>Returns when nothing is left to finish.</summary>
    /// <param name="stopAccepting">Stops accepting, and touches no connection.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task RunAsync(Action stopAccepting, CancellationToken cancellationToken)
    {
        long begin = timeProvider.GetTimestamp();
        Interlocked.Exchange(ref _lastEnd, begin);
        _retires = true;
        stopAccepting();
        while (timeProvider.GetElapsedTime(begin) < Least || (Interlocked.Read(ref _connections) > 0 && !IsIdle()))
        {
            await Task.Delay(Look, timeProvider, cancellationToken);
        }
    }

    private bool IsIdle() => Interlocked.Read(ref _requests) == 0 && timeProvider.GetElapsedTime(Interlocked.Read(ref _lastEnd)) >= LongestIdle;

    private Task CloseAsync(object state)
    {
        var context = (HttpContext)state;
        if (_retires && context.Response.StatusCode != StatusCodes.Status101SwitchingProtocols)
        {
            context.Response.Headers.Connection = "close";
        }

        return Task.CompletedTask;
    }

    private void Leave()
    {
        Interlocked.Exchange(ref _lastEnd, timeProvider.GetTimestamp());
        Interlocked.Decrement(ref _requests);
    }

    /// <summary>A request that is counted.</summary>
    public readonly struct Request(Retirement retirement) : IDisposable
    {
        public void Dispose() => retirement.Leave();
    }
}
