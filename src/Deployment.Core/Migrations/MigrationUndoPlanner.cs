using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Migrations;

/// <summary>
/// Plans to undo migrations, which going back leaves in place: a separate act that a person confirms, because what was written to them since is lost. Pure.
/// </summary>
internal static class MigrationUndoPlanner
{
    /// <param name="pipeline">The pipeline, or the service.</param>
    /// <param name="database">Whose they are.</param>
    /// <param name="ids">Which ones.</param>
    /// <param name="bringers">The runs that applied them, as far as history knows.</param>
    /// <param name="runs">The pipeline's runs.</param>
    /// <param name="seen">The database and the targets.</param>
    /// <exception cref="DeploymentValidationException">They can't be undone, or something may need them; all reasons together.</exception>
    internal static Runbook Plan(PipelineDefinition pipeline, MigrationResource database, IReadOnlyCollection<string> ids, IReadOnlyDictionary<string, MigrationBringer> bringers, IReadOnlyList<RunRecord> runs, IReadOnlyDictionary<string, Observation> seen)
    {
        MigrationsSeen migrations = seen[database.Name].Migrations!;
        var known = migrations.Known.DistinctBy(migration => migration.Id).ToDictionary(migration => migration.Id, StringComparer.Ordinal);
        string[] applied = [.. migrations.Applied.Select(one => one.Id)];
        string[] errors = [.. ids.Distinct(StringComparer.Ordinal).SelectMany(id => Problems(database.Name, id, known.GetValueOrDefault(id), migrations)), .. Needed(pipeline, database, ids, bringers, runs, seen), .. LeftBehind(database.Name, ids, known, applied)];
        if (errors.Length > 0)
        {
            throw new DeploymentValidationException($"The undo of migrations of {database.Name} by pipeline '{pipeline.Name}'", errors);
        }

        var scope = new PlanningScope(pipeline.Table, seen, new MomentTable([]));
        var root = new RunbookBuilder("", scope);
        foreach (DeploymentTarget target in pipeline.Targets)
        {
            root.RestOn(target.Name, Fact.Traffic);
        }

        root.Sequence(database.Name, steps =>
        {
            database.PlaceBackup(steps);
            foreach (Migration migration in applied.Reverse().Where(ids.Contains).Select(id => known[id]))
            {
                steps.Effect(
                    $"Undo {migration.Phase}: {migration.Id}",
                    database.Undo(migration with { AppliedBy = bringers[migration.Id].RunId }),
                    Undo.Impossible("What was written to it since goes with it. The next deployment of a release that needs it applies it anew."),
                    new EffectOptions
                    {
                        Phase = Phase.Finalization,
                        Retry = new RetryPolicy { Timeout = migration.Phase == MigrationPhase.Backfill ? pipeline.Migrations!.Options.BackfillTimeout : pipeline.Migrations!.Options.Timeout },
                        Changes = [new FactChange(database.Name, Fact.OfMigration(migration.Id), seen[database.Name].ValueOf(Fact.OfMigration(migration.Id)), "")],
                    });
            }
        });
        return new Runbook
        {
            Kind = RunKind.UndoMigrations,
            Pipeline = pipeline.Name,
            Environment = pipeline.Environment,
            Application = pipeline.Service ?? runs[^1].Application,
            Strategy = "undo migrations",
            StrategyReason = "No release that takes traffic or runs needs them.",
            // What needs them must not come while they go.
            Targets = [new RunTarget(database.Name), .. pipeline.Targets.Select(target => new RunTarget(target.Name) { LeftAlone = true })],
            Basis = scope.Basis,
            Prerequisites = PrerequisiteList.Of([database]),
            Root = GoNoGo.Insert(root.Build()),
            Rollback = [],
            Triggers = ["A step fails, is not verified, or does not finish within its time-out."],
            Roles = pipeline.Roles,
        };
    }

    private static IEnumerable<string> Problems(string database, string id, Migration? known, MigrationsSeen seen)
    {
        string which = $"The migration '{Naming.Printable(id)}' of {database}";
        if (seen.Applied.LastOrDefault(one => one.Id == id) is not { } applied)
        {
            yield return $"{which} was not applied, so there is nothing to undo.";
        }
        else if (known is null)
        {
            yield return $"{which} is not in the source, so nobody knows how it is undone. Take the source that has it, or undo it by hand.";
        }
        else if (known.Phase == MigrationPhase.Contract)
        {
            yield return $"{which} is a contract: what it took away doesn't come back. Bring what is needed by a new migration.";
        }
        else if (known.Undo is not { IsImpossible: false })
        {
            yield return $"{which} has no undo{(known.Undo?.Reason is { } reason ? $": {reason}" : ". Say how it is taken back.")}";
        }
        else if (known is { Phase: MigrationPhase.Expand, Undo.Script: null })
        {
            yield return $"{which} has nothing that undoes it, so that only its record would go: {known.Undo.Reason} If it is to go, undo it by hand.";
        }
        else if (applied.Checksum is null)
        {
            yield return $"{database} had the migration '{Naming.Printable(id)}' before migrations were recorded there, and may be built on it. If it is to go, undo it by hand.";
        }
        else if (applied.Checksum != known.Checksum)
        {
            yield return $"{which} was changed since it was applied, so its undo may be another one. Take the source that it was applied from.";
        }
    }

    /// <summary>What may need them: releases that are not older than the one that they were applied for, and contracts that such a release has left.</summary>
    private static IEnumerable<string> Needed(PipelineDefinition pipeline, MigrationResource database, IReadOnlyCollection<string> ids, IReadOnlyDictionary<string, MigrationBringer> bringers, IReadOnlyList<RunRecord> runs, IReadOnlyDictionary<string, Observation> seen)
    {
        foreach (string unknown in ids.Where(id => bringers.GetValueOrDefault(id)?.Version is null && seen[database.Name].Migrations!.Applied.Any(one => one.Id == id)))
        {
            yield return $"No deployment of '{pipeline.Name}' in {pipeline.Environment} applied the migration '{Naming.Printable(unknown)}' of {database.Name}, so nobody knows which releases need it. If it is to go, undo it by hand.";
        }

        string[] versions = [.. ids.Select(id => bringers.GetValueOrDefault(id)?.Version).OfType<string>().Distinct(StringComparer.Ordinal)];
        foreach ((string target, RevisionId revision) in pipeline.Targets.SelectMany(target => seen[target.Name].Living().Select(revision => (target.Name, revision))))
        {
            if (ids.Select(bringers.GetValueOrDefault).OfType<MigrationBringer>().FirstOrDefault(bringer => MayNeed(revision, bringer, runs))?.Version is { } needed)
            {
                yield return $"{revision} takes traffic or runs on {target}, and may need what was applied for {needed}. Go back to an older release first (RollBackAsync), and let the rollback window close (CompleteAsync).";
            }
        }

        foreach (RunRecord contract in runs.Where(run => run is { Kind: RunKind.Contract, State: not RunState.Ended } && run.Targets[0].Target == database.Name && versions.Any(version => !SemanticVersion.IsOlder(run.Version!, version))))
        {
            yield return $"Run {contract.Id} is to take out of {database.Name} what only releases before {contract.Version} need, which would be all that is left. Go back from {contract.Version} first: that cancels it.";
        }
    }

    /// <summary>Whether a release is not older than the one that it was applied for, or was deployed after that, and so with it.</summary>
    private static bool MayNeed(RevisionId revision, MigrationBringer bringer, IReadOnlyList<RunRecord> runs) => bringer.Version is { } version
        && (!SemanticVersion.IsOlder(revision.Version, version) || runs.SkipWhile(run => run.Id != bringer.RunId).Any(run => run.Kind == RunKind.Deploy && run.Targets.Any(target => target.Candidate == revision)));

    private static IEnumerable<string> LeftBehind(string database, IReadOnlyCollection<string> ids, Dictionary<string, Migration> known, string[] applied)
    {
        int first = Array.FindIndex(applied, ids.Contains);
        return first < 0 ? [] : applied.Skip(first).Where(id => !ids.Contains(id) && known.GetValueOrDefault(id) is not { IsRepeatable: true }).Distinct(StringComparer.Ordinal)
            .Select(id => $"The migration '{Naming.Printable(id)}' of {database} was applied after '{Naming.Printable(applied[first])}' and may rest on it. Undo it, too.");
    }
}
