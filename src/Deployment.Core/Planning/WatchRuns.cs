using System.Globalization;
using Deployment.Store;

namespace Deployment.Planning;

/// <summary>The runs that a deployment's extended watch is made of, by their ids: DEPLOYMENT-watch-LOOK, and DEPLOYMENT-watch-back to go back from all of it.</summary>
internal static class WatchRuns
{
    private const string Mark = "-watch-";
    private const string Way = "back";

    /// <summary>The deployment that is watched.</summary>
    internal static string DeploymentOf(RunRecord watch) => watch.Id[..watch.Id.LastIndexOf(Mark, StringComparison.Ordinal)];

    /// <summary>Whether a run goes back from what an extended watch found.</summary>
    internal static bool IsBack(RunRecord run) => run.Kind == RunKind.RollBack && run.Id.Contains(Mark, StringComparison.Ordinal);

    /// <summary>Whether a run is a look at what a deployment brought.</summary>
    internal static bool IsLookAt(RunRecord run, string deployment) => run.Kind == RunKind.Watch && run.Id.StartsWith(deployment + Mark, StringComparison.Ordinal);

    /// <summary>Whether a run goes back from a deployment because of what its extended watch found, at the first try or a later one.</summary>
    internal static bool IsBackFrom(RunRecord run, string deployment) => IsBack(run) && run.Id.StartsWith(deployment + Mark, StringComparison.Ordinal);

    /// <summary>Which look a run is; one that was tried again is the same look.</summary>
    internal static int LookOf(RunRecord watch) =>
        int.TryParse(watch.Id[(DeploymentOf(watch).Length + Mark.Length)..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int look) ? look : 1;

    /// <summary>A look.</summary>
    /// <param name="like">The deployment, or the look before.</param>
    /// <param name="look">Which look it is, from 1.</param>
    /// <param name="watched">What is watched; at least one target.</param>
    /// <param name="hash">The blob of that.</param>
    internal static RunRecord Look(RunRecord like, int look, WatchedDeployment watched, string hash) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{watched.Deployment}{Mark}{look}"),
        Kind = RunKind.Watch,
        Pipeline = like.Pipeline,
        Environment = like.Environment,
        Application = like.Application,
        Targets = [.. watched.Targets.Select(target => new RunTarget(target.Target, null, target.Revision))],
        State = RunState.Scheduled,
        CreatedAt = like.EndedAt!.Value,
        DueAt = watched.Targets.Min(target => target.Due),
        Watched = hash,
    };

    /// <summary>To go back from all that a deployment brought, at once.</summary>
    /// <param name="deployment">The deployment's id.</param>
    /// <param name="like">A run of the same pipeline that did something on the same targets.</param>
    /// <param name="at">Now.</param>
    /// <param name="reason">Why, as a sentence.</param>
    internal static RunRecord Back(string deployment, RunRecord like, DateTimeOffset at, string reason) => new()
    {
        Id = $"{deployment}{Mark}{Way}",
        Kind = RunKind.RollBack,
        Pipeline = like.Pipeline,
        Environment = like.Environment,
        Application = like.Application,
        Targets = [.. like.Targets.Where(target => target is { LeftAlone: false, Trial: false } && (target.Candidate ?? target.Previous) is not null).Select(target => new RunTarget(target.Target, null, target.Candidate ?? target.Previous))],
        State = RunState.Scheduled,
        Reason = reason,
        CreatedAt = at,
        DueAt = at,
    };
}
