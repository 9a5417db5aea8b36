using Deployment.Store;

namespace QuickStart;

/// <summary>What must be true in the end.</summary>
internal static class Expectations
{
    /// <summary>Everything that is not as it should be, as sentences.</summary>
    public static IEnumerable<string> NotMet(Summary summary, Deployable app)
    {
        foreach (((var release, DeploymentOutcome expected), DeploymentSummary was) in app.Releases.Zip(summary.Deployments))
        {
            if (was.Outcome != expected.ToString())
            {
                yield return $"The deployment of {release.Version} should have ended {expected}, and it ended {was.Outcome}.";
            }
        }

        RequestSummary requests = summary.Requests;
        if (requests.Failed > 0)
        {
            yield return $"{requests.Failed} of {requests.Sent} requests failed.";
        }

        string[] meant = [.. app.Releases.Where(release => release.Expected == DeploymentOutcome.Succeeded).Select(release => release.Release.Version)];
        if (!requests.ByVersion.Keys.Order(StringComparer.Ordinal).SequenceEqual(meant, StringComparer.Ordinal))
        {
            yield return $"Users should have been answered by {string.Join(" and ", meant)}; it was {string.Join(" and ", requests.ByVersion.Keys)}.";
        }

        if (requests.ByVersion.Values.Sum() + requests.Failed != requests.Sent)
        {
            yield return $"{requests.Sent} requests were sent, but {requests.ByVersion.Values.Sum()} answers and {requests.Failed} failures were counted.";
        }

        if (app.Releases.Any(release => release.Expected == DeploymentOutcome.RolledBack) && summary.RollbackMilliseconds is null)
        {
            yield return "No deployment went back.";
        }

        if (summary.Serving != app.LastGood)
        {
            yield return $"{app.LastGood} should serve in the end; {summary.Serving ?? "nothing that a user and the router agree on"} does.";
        }
    }
}
