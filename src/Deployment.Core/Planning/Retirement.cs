using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Plans the removal of a revision whose rollback window has closed. It plans nothing when the revision takes traffic again, or is gone.</summary>
internal static class Retirement
{
    internal static Runbook Plan(PipelineDefinition pipeline, PlanningInput input)
    {
        (string name, RevisionId? revision) = input.Standing.Select(standing => (standing.Key, (RevisionId?)standing.Value)).FirstOrDefault();
        var scope = new PlanningScope(pipeline.Table, input.Observations, new MomentTable([]));
        var root = new RunbookBuilder("", scope);
        if (revision is not null && input.Observations[name].Traffic.ShareOf(revision) == 0)
        {
            Remove(pipeline, input, name, revision, root);
        }

        return new Runbook
        {
            Kind = RunKind.Retire,
            Pipeline = pipeline.Name,
            Environment = pipeline.Environment,
            Application = input.Release.Application,
            Strategy = "retire",
            StrategyReason = "The rollback window has closed.",
            Targets = name is null ? [] : [new RunTarget(name, null, revision)],
            Basis = scope.Basis,
            Prerequisites = PrerequisiteList.Of(pipeline.Targets.Where(target => target.Name == name)),
            Root = root.Build(),
            Rollback = scope.Guards,
            Triggers = ["A step fails, is not verified, or does not finish within its time-out."],
            Roles = pipeline.Roles,
        };
    }

    private static void Remove(PipelineDefinition pipeline, PlanningInput input, string name, RevisionId revision, RunbookBuilder root)
    {
        DeploymentTarget target = pipeline.Table.Find(name)!;
        IHostRevisions hosts = target.Capability<IHostRevisions>(input.Observations[name])
            ?? throw new DeploymentException($"'{name}' can't host revisions any more, so {revision} can't be removed from it. Remove it by hand.");
        root.RestOn(name, Fact.Traffic);
        root.Effect(
            $"Remove {revision} from {name}",
            hosts.Remove(revision),
            Undo.By(hosts.Install(new Revision(revision, input.Release))),
            new EffectOptions
            {
                Phase = Phase.Finalization,
                Changes = [new FactChange(name, Fact.OfRevision(revision), Fact.Present, Fact.Absent)],
            });
    }
}
