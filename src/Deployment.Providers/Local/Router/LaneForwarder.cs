using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Forwards a request to a revision and counts how that went.</summary>
internal sealed class LaneForwarder(Switchboard board, IRequestForwarder forwarder, Tunnels tunnels, TimeProvider timeProvider)
{
    /// <summary>Forwards, and answers in the revision's place when it can't. True when the revision's whole answer went out.</summary>
    public async Task<bool> ForwardAsync(HttpContext context, Visit visit)
    {
        ForwardOutcome outcome = await TryAsync(context, visit, withholdNotFound: false);
        await AnswerForAsync(context, outcome);
        return outcome == ForwardOutcome.Answered;
    }

    /// <summary>Forwards; the answer is still untouched unless the outcome says that the client has seen something.</summary>
    public async Task<ForwardOutcome> TryAsync(HttpContext context, Visit visit, bool withholdNotFound)
    {
        long started = timeProvider.GetTimestamp();
        ForwardOutcome outcome = await ToAsync(context, visit.Lane, visit.Instance, started, withholdNotFound);
        // An instance that refused the connection has seen nothing, so the next one of the same revision may be asked.
        for (int attempt = 1; attempt < visit.Lane.Instances.Length && outcome == ForwardOutcome.NotConnected; attempt++)
        {
            Instance next = visit.Lane.Of(visit.Turn, attempt);
            if (!board.TryEnter(next))
            {
                // It has been taken out of the rotation meanwhile, and may be about to end.
                continue;
            }

            try
            {
                outcome = await ToAsync(context, visit.Lane, next, started, withholdNotFound);
            }
            finally
            {
                next.Leave();
            }
        }

        if (outcome == ForwardOutcome.NotConnected)
        {
            Count(context, visit.Lane, outcome, timeProvider.GetElapsedTime(started));
        }

        return outcome;
    }

    /// <summary>Tells the client what the revision did not.</summary>
    public static Task AnswerForAsync(HttpContext context, ForwardOutcome outcome) => outcome switch
    {
        ForwardOutcome.NotConnected => GatewayAsync(context, StatusCodes.Status502BadGateway, "The revision can't be reached."),
        ForwardOutcome.NoAnswer => GatewayAsync(context, StatusCodes.Status502BadGateway, "The revision broke off before it answered."),
        ForwardOutcome.TimedOut => GatewayAsync(context, StatusCodes.Status504GatewayTimeout, "The revision did not accept the connection or did not answer in time."),
        _ => Task.CompletedTask,
    };

    // What stood in the answer already was of one that broke.
    private static Task GatewayAsync(HttpContext context, int status, string sentence)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.Clear();
        }

        return PlainAnswer.WriteAsync(context, status, sentence);
    }

    private static void Count(HttpContext context, Lane lane, ForwardOutcome outcome, TimeSpan duration)
    {
        if (outcome != ForwardOutcome.ClientFailed)
        {
            bool failed = outcome is not (ForwardOutcome.Answered or ForwardOutcome.NotFound) || context.Response.StatusCode >= StatusCodes.Status500InternalServerError;
            lane.Traffic.Count(failed, duration);
        }
    }

    // It is counted, unless nobody was reached.
    private async Task<ForwardOutcome> ToAsync(HttpContext context, Lane lane, Instance instance, long started, bool withholdNotFound)
    {
        CancellationToken cut = instance.CutToken;
        ForwardResult result;
        await using (cut.UnsafeRegister(static state => ((HttpContext)state!).Abort(), context))
        {
            result = await forwarder.ForwardAsync(context, lane, instance.Address, withholdNotFound);
            if (result.Tunnel is { } tunnel)
            {
                // Answered, and in flight until it has ended.
                Count(context, lane, result.Outcome, timeProvider.GetElapsedTime(started));
                await tunnel(tunnels, instance);
                if (cut.IsCancellationRequested)
                {
                    lane.Traffic.CountCut();
                }

                return result.Outcome;
            }
        }

        if (cut.IsCancellationRequested && result.Outcome is (ForwardOutcome.ClientFailed or ForwardOutcome.CutOff or ForwardOutcome.NoAnswer))
        {
            // It was this router that hung up.
            lane.Traffic.CountCut();
            return ForwardOutcome.ClientFailed;
        }

        if (result.Outcome != ForwardOutcome.NotConnected)
        {
            Count(context, lane, result.Outcome, timeProvider.GetElapsedTime(started));
        }

        return result.Outcome;
    }
}
