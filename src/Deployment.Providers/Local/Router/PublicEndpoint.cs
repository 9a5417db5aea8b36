using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Answers what comes in on the public port: takes the request's lane, forwards, counts.</summary>
internal sealed class PublicEndpoint(Switchboard switchboard, IRequestForwarder forwarder, TimeProvider timeProvider)
{
    private const string RetryAfterSeconds = "1";

    private long _unrouted;

    public long Unrouted => Interlocked.Read(ref _unrouted);

    public async Task HandleAsync(HttpContext context)
    {
        if (switchboard.Take() is not { } lane)
        {
            Interlocked.Increment(ref _unrouted);
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            await FailAsync(context, StatusCodes.Status503ServiceUnavailable, "No revision is served here at the moment.");
            return;
        }

        long started = timeProvider.GetTimestamp();
        try
        {
            ForwardOutcome outcome = await ForwardAsync(context, lane);
            if (outcome != ForwardOutcome.ClientFailed)
            {
                bool failed = outcome != ForwardOutcome.Answered || context.Response.StatusCode >= StatusCodes.Status500InternalServerError;
                lane.Traffic.Count(failed, timeProvider.GetElapsedTime(started));
            }
        }
        finally
        {
            lane.Traffic.Leave();
        }
    }

    // An instance that refused the connection has seen nothing, so the next one of the same revision may be asked.
    private async Task<ForwardOutcome> ForwardAsync(HttpContext context, Lane lane)
    {
        ForwardOutcome outcome = ForwardOutcome.NotConnected;
        int turn = lane.NextTurn();
        for (int tried = 0; tried < lane.Instances && outcome == ForwardOutcome.NotConnected; tried++)
        {
            outcome = await forwarder.ForwardAsync(context, lane.Instance(turn, tried));
        }

        switch (outcome)
        {
            case ForwardOutcome.NotConnected:
                await FailAsync(context, StatusCodes.Status502BadGateway, "The revision can't be reached.");
                break;
            case ForwardOutcome.NoAnswer:
                await FailAsync(context, StatusCodes.Status502BadGateway, "The revision broke off before it answered.");
                break;
            case ForwardOutcome.TimedOut:
                await FailAsync(context, StatusCodes.Status504GatewayTimeout, "The revision did not accept the connection in time.");
                break;
        }

        return outcome;
    }

    private static Task FailAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(sentence + "\n", context.RequestAborted);
    }
}
