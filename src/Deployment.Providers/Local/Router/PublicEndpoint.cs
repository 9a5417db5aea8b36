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
        if (RequestRules.Refusal(context) is { } refusal)
        {
            RequestRules.Refuse(context, refusal.Status);
            await FailAsync(context, refusal.Status, refusal.Sentence);
            return;
        }

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
            ForwardResult result = await ForwardAsync(context, lane);
            ForwardOutcome outcome = result.Outcome;
            if (outcome != ForwardOutcome.ClientFailed)
            {
                bool failed = outcome != ForwardOutcome.Answered || context.Response.StatusCode >= StatusCodes.Status500InternalServerError;
                lane.Traffic.Count(failed, timeProvider.GetElapsedTime(started));
            }

            if (result.Tunnel is { } tunnel)
            {
                await tunnel();
            }
        }
        finally
        {
            lane.Traffic.Leave();
        }
    }

    // An instance that refused the connection has seen nothing, so the next one of the same revision may be asked.
    private async ValueTask<ForwardResult> ForwardAsync(HttpContext context, Lane lane)
    {
        ForwardResult result = ForwardOutcome.NotConnected;
        for (int tried = 0; tried < lane.Instances && result.Outcome == ForwardOutcome.NotConnected; tried++)
        {
            result = await forwarder.ForwardAsync(context, lane, lane.NextInstance());
        }

        switch (result.Outcome)
        {
            case ForwardOutcome.NotConnected:
                await GatewayAsync(context, StatusCodes.Status502BadGateway, "The revision can't be reached.");
                break;
            case ForwardOutcome.NoAnswer:
                await GatewayAsync(context, StatusCodes.Status502BadGateway, "The revision broke off before it answered.");
                break;
            case ForwardOutcome.TimedOut:
                await GatewayAsync(context, StatusCodes.Status504GatewayTimeout, "The revision did not accept the connection or did not answer in time.");
                break;
        }

        return result;
    }

    // What stood in the answer already was of one that broke.
    private static Task GatewayAsync(HttpContext context, int status, string sentence)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.Clear();
        }

        return FailAsync(context, status, sentence);
    }

    private static Task FailAsync(HttpContext context, int status, string sentence)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(sentence + "\n", context.RequestAborted);
    }
}
