using System.Globalization;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Planning;

/// <summary>The runs that a deployment's extended watch is made of, by their ids: DEPLOYMENT-watch-TARGET-LOOK, and DEPLOYMENT-watch-TARGET-back to go back.</summary>
internal static class WatchRuns
{
    private const string Mark = "-watch-";

    /// <summary>The deployment that is watched.</summary>
    internal static string DeploymentOf(RunRecord watch) => watch.Id[..watch.Id.LastIndexOf(Mark, StringComparison.Ordinal)];

    /// <summary>The first look after a deployment's success.</summary>
    internal static RunRecord First(RunRecord ended, ExtendedWatch watch, int number) => Look(
        ended, string.Create(CultureInfo.InvariantCulture, $"{ended.Id}{Mark}{number}-1"), watch.Target, watch.Revision, ended.EndedAt!.Value, watch.Every);

    /// <summary>The look after one that found nothing; null where the watch is over.</summary>
    /// <param name="ended">The look.</param>
    /// <param name="deployment">What is watched.</param>
    /// <param name="watch">How it is watched.</param>
    internal static RunRecord? Next(RunRecord ended, RunRecord deployment, ExtendedWatch watch)
    {
        string[] parts = ended.Id[(DeploymentOf(ended).Length + Mark.Length)..].Split('-');
        return ended.EndedAt >= deployment.EndedAt + watch.For || !int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int look)
            ? null
            : Look(ended, string.Create(CultureInfo.InvariantCulture, $"{DeploymentOf(ended)}{Mark}{parts[0]}-{look + 1}"), watch.Target, watch.Revision, ended.EndedAt!.Value, watch.Every);
    }

    /// <summary>To go back, at once.</summary>
    internal static RunRecord Back(RunRecord ended, string reason)
    {
        string[] parts = ended.Id[(DeploymentOf(ended).Length + Mark.Length)..].Split('-');
        return Look(ended, $"{DeploymentOf(ended)}{Mark}{parts[0]}-back", ended.Targets[0].Target, ended.Targets[0].Previous!, ended.EndedAt!.Value, TimeSpan.Zero) with
        {
            Kind = RunKind.RollBack,
            Reason = reason,
        };
    }

    private static RunRecord Look(RunRecord like, string id, string target, RevisionId revision, DateTimeOffset from, TimeSpan after) => new()
    {
        Id = id,
        Kind = RunKind.Watch,
        Pipeline = like.Pipeline,
        Environment = like.Environment,
        Application = like.Application,
        Targets = [new RunTarget(target, null, revision)],
        State = RunState.Scheduled,
        CreatedAt = from,
        DueAt = from + after,
    };
}
