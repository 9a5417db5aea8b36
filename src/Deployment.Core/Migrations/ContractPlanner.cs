using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Migrations;

/// <summary>Plans a contract that is due, as the deployment that left it said. Pure.</summary>
internal static class ContractPlanner
{
    /// <param name="pipeline">The pipeline, or the service.</param>
    /// <param name="scheduled">The run.</param>
    /// <param name="contract">What its deployment left.</param>
    /// <param name="runs">The pipeline's runs, in the order in which they were made.</param>
    /// <param name="seen">The database and the targets.</param>
    /// <param name="now">The time.</param>
    internal static DueContract Plan(PipelineDefinition pipeline, RunRecord scheduled, PlannedContract contract, IReadOnlyList<RunRecord> runs, IReadOnlyDictionary<string, Observation> seen, DateTimeOffset now)
    {
        if (runs.FirstOrDefault(run => run.Kind == RunKind.Contract && run.State != RunState.Ended && IsBefore(run, scheduled)) is { } earlier)
        {
            return new DueContract(null, $"Run {earlier.Id} contracts {contract.Database} before it.");
        }

        if (ReplacedOlder(scheduled, contract, runs) is { } last && now < last.EndedAt + contract.After)
        {
            return new DueContract(null, $"Run {last.Id} brought what is live in the place of an older revision, and can be taken back until {last.EndedAt + contract.After:u}.");
        }

        string[] living = [.. contract.Targets.SelectMany(target => Older(seen[target], scheduled, runs).Select(revision => $"{revision} on {target}"))];
        return living.Length > 0
            ? new DueContract(null, $"{string.Join(", ", living)} may need what it takes out of {contract.Database}.")
            : PlanNow(pipeline, scheduled, contract, seen);
    }

    /// <summary>The last run that replaced what may need the old schema: its rollback window counts, too, where a release came a second time.</summary>
    private static RunRecord? ReplacedOlder(RunRecord scheduled, PlannedContract contract, IReadOnlyList<RunRecord> runs) => runs.LastOrDefault(run => run.EndedAt is not null
        && run.Kind is RunKind.Deploy or RunKind.RollBack
        && run.Outcome is DeploymentOutcome.Succeeded or DeploymentOutcome.PartlySucceeded
        && run.Targets.Any(target => contract.Targets.Contains(target.Target) && target.Previous is { } before && SemanticVersion.IsOlder(before.Version, scheduled.Version!)));

    private static bool IsBefore(RunRecord run, RunRecord scheduled) =>
        run.Id != scheduled.Id && run.Targets[0].Target == scheduled.Targets[0].Target && string.CompareOrdinal(ContractRuns.DeploymentOf(run), ContractRuns.DeploymentOf(scheduled)) < 0;

    /// <summary>What takes traffic or runs there and is not known to do without.</summary>
    private static IEnumerable<RevisionId> Older(Observation seen, RunRecord scheduled, IReadOnlyList<RunRecord> runs)
    {
        string deployment = ContractRuns.DeploymentOf(scheduled);
        HashSet<RevisionId> newer = [.. runs.SkipWhile(run => run.Id != deployment).SelectMany(run => run.Targets).Select(target => target.Candidate).OfType<RevisionId>()
            .Where(revision => !SemanticVersion.IsOlder(revision.Version, scheduled.Version!))];
        return seen.Living().Where(revision => !newer.Contains(revision));
    }

    /// <summary>A newer release may have withdrawn it, or written it otherwise: then its own deployment left what it is now.</summary>
    private static bool IsStillWanted(Observation database, Migration migration) =>
        database.Migrations?.Known.Any(known => known.Id == migration.Id && known.Checksum == migration.Checksum) == true;

    private static DueContract PlanNow(PipelineDefinition pipeline, RunRecord scheduled, PlannedContract contract, IReadOnlyDictionary<string, Observation> seen)
    {
        var database = (MigrationResource?)pipeline.Databases.FirstOrDefault(database => database.Name == contract.Database)
            ?? throw new DeploymentException($"The pipeline '{pipeline.Name}' migrates no '{contract.Database}' any more, so run {scheduled.Id} can't contract it. Do it by hand, with the runbook of {ContractRuns.DeploymentOf(scheduled)}.");
        Observation now = seen[contract.Database];
        string[] problems = [.. MigrationRules.Problems(contract.Database, now.Migrations!)];
        if (problems.Length > 0)
        {
            // What can't be read looks as if it had been withdrawn.
            throw new DeploymentValidationException($"The contract of {contract.Database}, run {scheduled.Id},", problems);
        }

        Migration[] left = [.. contract.Migrations.Where(migration => now.ValueOf(Fact.OfMigration(migration.Id)).Length == 0 && IsStillWanted(now, migration))];
        if (left.Length == 0)
        {
            return new DueContract(null, null, $"Nothing is left to take out of {contract.Database}: what {contract.Version} was to contract is done, or a newer release withdrew it.");
        }

        var scope = new PlanningScope(pipeline.Table, seen, new MomentTable([]));
        var root = new RunbookBuilder("", scope);
        foreach (string target in contract.Targets)
        {
            root.RestOn(target, Fact.Traffic);
        }

        MigrationPlan.Place(root, database, now, left, pipeline.Migrations!.Options);
        var runbook = new Runbook
        {
            Kind = RunKind.Contract,
            Pipeline = pipeline.Name,
            Environment = pipeline.Environment,
            Application = pipeline.Service ?? scheduled.Application,
            Strategy = "contract",
            StrategyReason = $"The rollback window of {contract.Version} has closed, and no older revision lives.",
            Targets = scheduled.Targets,
            Basis = scope.Basis,
            Prerequisites = PrerequisiteList.Of([database]),
            Root = GoNoGo.Insert(root.Build()),
            Rollback = [],
            Triggers = ["A step fails, is not verified, or does not finish within its time-out."],
            Roles = pipeline.Roles,
        };
        return new DueContract(runbook, null);
    }
}
