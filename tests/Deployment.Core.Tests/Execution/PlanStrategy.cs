using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Tests.Execution;

/// <summary>A strategy as a user's assembly would have it: whatever a test plans.</summary>
internal sealed class PlanStrategy(Action<StrategyContext, RunbookBuilder> plan) : IDeploymentStrategy
{
    public string Name => "planned-by-test";

    public IReadOnlyList<string> Validate() => [];

    public void Plan(StrategyContext context, RunbookBuilder runbook) => plan(context, runbook);

    /// <summary>Installs the candidate and shifts to it in steps, each undone to the step before, as a naive canary would.</summary>
    internal static PlanStrategy Shifting(params int[] shares) => new((context, runbook) =>
    {
        IHostRevisions hosts = context.Require<IHostRevisions>()!;
        ISplitTraffic router = context.Require<ISplitTraffic>()!;
        RevisionId candidate = context.Candidate.Id;
        RevisionId old = context.Live!;
        var subject = new Deployment.Health.CheckSubject(context.Target, candidate, old);
        runbook.RollBackTo(context.Target, old, context.Current is { } current ? hosts.Install(current) : null);
        runbook.Effect($"Install {candidate}", hosts.Install(context.Candidate), Undo.By(hosts.Remove(candidate)));
        runbook.Check(Moment.BeforeTraffic, subject);
        TrafficSplit before = context.Observation.Traffic;
        foreach (int share in shares)
        {
            var after = new TrafficSplit([KeyValuePair.Create(old, 100 - share), KeyValuePair.Create(candidate, share)]);
            runbook.Effect($"Shift {share}% to {candidate}", router.Route(after), Undo.By(router.Route(before)), new EffectOptions
            {
                Changes = [new FactChange(context.Target, Fact.Traffic, before.ToString(), after.ToString())],
            });
            runbook.Wait($"Bake at {share}%", TimeSpan.FromMinutes(5), "To see how it does.");
            runbook.Check(Moment.Shifted, subject);
            before = after;
        }

        runbook.Check(Moment.Complete, subject);
    });
}
