using Deployment.Providers.Local.Protocol;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>
/// A page of one revision names assets that only that revision has, and the next request may go to another. So what one doesn't find is asked
/// of the other live revisions, for as long as they stand.
/// </summary>
internal sealed class Assets(Switchboard board, LaneForwarder forwarder)
{
    // A missing asset must not become a request to everything that stands.
    private const int MostOthers = 3;

    public static bool Concern(HttpContext context, string pathAndQuery, SiteRules rules) =>
        rules.AssetsPath is { } path && RequestRules.IsSafe(context) && RequestTarget.IsUnder(pathAndQuery, path);

    /// <summary>Forwards to the lane, and to others when it answers 404. True when a revision's whole answer went out.</summary>
    public async Task<bool> ForwardAsync(HttpContext context, ActiveTable table, Visit visit)
    {
        ForwardOutcome outcome = await forwarder.TryAsync(context, visit, withholdNotFound: true);
        if (outcome != ForwardOutcome.NotFound)
        {
            await LaneForwarder.AnswerForAsync(context, outcome);
            return outcome == ForwardOutcome.Answered;
        }

        foreach (Lane other in table.Others(visit.Lane).Take(MostOthers))
        {
            if (board.TryEnter(table, other) is not { } second)
            {
                // A switch came in between, and the other revision may be about to end.
                break;
            }

            try
            {
                if (await forwarder.TryAsync(context, second, withholdNotFound: true) is ForwardOutcome.Answered or ForwardOutcome.CutOff or ForwardOutcome.ClientFailed)
                {
                    return true;
                }
            }
            finally
            {
                second.Leave();
            }
        }

        // Nobody has it: the client gets the revision's own 404.
        return await forwarder.ForwardAsync(context, visit);
    }
}
