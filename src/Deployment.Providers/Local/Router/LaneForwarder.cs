using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Forwards a request to a revision and counts how that went.</summary>
internal sealed class LaneForwarder(IRequestForwarder forwarder, TimeProvider timeProvider)
{
    /// <summary>Forwards, and answers in the revision's place when it can't. True when the revision's whole answer went out.</summary>
    public async Task<bool> ForwardAsync(HttpContext context, Lane lane)
    {
        ForwardOutcome outcome = await TryAsync(context, lane, withholdNotFound: false);
        await AnswerForAsync(context, outcome);
        return outcome == ForwardOutcome.Answered;
    }

    /// <summary>Forwards; the answer is still untouched unless the outcome says that the client has seen something.</summary>
    public async Task<ForwardOutcome> TryAsync(HttpContext context, Lane lane, bool withholdNotFound)
    {
        long started = timeProvider.GetTimestamp();
        CancellationToken cut = lane.Traffic.CutToken;
        ForwardOutcome outcome;
        await using (cut.UnsafeRegister(static state => ((HttpContext)state!).Abort(), context))
        {
            outcome = await TurnsAsync(context, lane, withholdNotFound);
        }

        if (cut.IsCancellationRequested && outcome is ForwardOutcome.ClientFailed or ForwardOutcome.CutOff or ForwardOutcome.NoAnswer)
        {
            // It was this router that hung up.
            lane.Traffic.CountCut();
            return ForwardOutcome.ClientFailed;
        }

        if (outcome != ForwardOutcome.ClientFailed)
        {
            bool failed = outcome is not (ForwardOutcome.Answered or ForwardOutcome.NotFound) || context.Response.StatusCode >= StatusCodes.Status500InternalServerError;
            lane.Traffic.Count(failed, timeProvider.GetElapsedTime(started));
        }

        return outcome;
    }

    /// <summary>Tells the client what the revision did not.</summary>
    public static Task AnswerForAsync(HttpContext context, ForwardOutcome outcome) => outcome switch
    {
        ForwardOutcome.NotConnected => PlainAnswer.WriteAsync(context, StatusCodes.Status502BadGateway, "The revision can't be reached."),
        ForwardOutcome.NoAnswer => PlainAnswer.WriteAsync(context, StatusCodes.Status502BadGateway, "The revision broke off before it answered."),
        ForwardOutcome.TimedOut => PlainAnswer.WriteAsync(context, StatusCodes.Status504GatewayTimeout, "The revision did not accept the connection in time."),
        _ => Task.CompletedTask,
    };

    // An instance that refused the connection has seen nothing, so the next one of the same revision may be asked.
    private async Task<ForwardOutcome> TurnsAsync(HttpContext context, Lane lane, bool withholdNotFound)
    {
        ForwardOutcome outcome = ForwardOutcome.NotConnected;
        uint turn = lane.Turn();
        for (int attempt = 0; attempt < lane.Instances.Length && outcome == ForwardOutcome.NotConnected; attempt++)
        {
            outcome = await forwarder.ForwardAsync(context, lane.Of(turn, attempt).Address, withholdNotFound);
        }

        return outcome;
    }
}
