using System.Globalization;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Planning;

/// <summary>The runs that a deployment's extended watch is made of, by their ids: DEPLOYMENT-watch-TARGET-LOOK, and DEPLOYMENT-watch-TARGET-back to go back.</summary>
internal static class WatchRuns
{
    private const string Mark = "-watch-";
    private const string Way = "back";

    /// <summary>The deployment that is watched.</summary>
    internal static string DeploymentOf(RunRecord watch) => watch.Id[..watch.Id.LastIndexOf(Mark, StringComparison.Ordinal)];

    /// <summary>The first look after a deployment's success.</summary>
    internal static RunRecord First(RunRecord ended, ExtendedWatch watch, int number) => Look(
        ended, string.Create(CultureInfo.InvariantCulture, $"{ended.Id}{Mark}{number}-1"), watch.Target, watch.Revision, ended.EndedAt!.Value, watch.Every);

    /// <summary>The look after one that found nothing; null where the watch is over.</summary>
    /// <param name="ended">The look.</param>
    /// <param name="from">Where what it judged ends.</param>
    /// <param name="deployment">What is watched.</param>
    /// <param name="watch">How it is watched.</param>
    internal static RunRecord? Next(RunRecord ended, DateTimeOffset from, RunRecord deployment, ExtendedWatch watch)
    {
        (string number, int look) = PlaceOf(ended);
        return ended.EndedAt >= deployment.EndedAt + watch.For
            ? null
            : Look(ended, string.Create(CultureInfo.InvariantCulture, $"{DeploymentOf(ended)}{Mark}{number}-{look + 1}"), watch.Target, watch.Revision, from, TimeSpan.Zero) with { DueAt = ended.EndedAt!.Value + watch.Every };
    }

    /// <summary>To go back, at once.</summary>
    internal static RunRecord Back(RunRecord ended, string reason) =>
        Look(ended, $"{DeploymentOf(ended)}{Mark}{PlaceOf(ended).Number}-{Way}", ended.Targets[0].Target, ended.Targets[0].Previous!, ended.EndedAt!.Value, TimeSpan.Zero) with
        {
            Kind = RunKind.RollBack,
            Reason = reason,
        };

    /// <summary>Whether a run goes back from what an extended watch found.</summary>
    internal static bool IsBack(RunRecord run) => run.Kind == RunKind.RollBack && run.Id.Contains(Mark, StringComparison.Ordinal);

    /// <summary>Which target's watch a look belongs to, and which of its looks it is; one that was tried again is the same look.</summary>
    private static (string Number, int Look) PlaceOf(RunRecord watch)
    {
        string[] parts = watch.Id[(DeploymentOf(watch).Length + Mark.Length)..].Split('-');
        return (parts[0], parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int look) ? look : 1);
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
