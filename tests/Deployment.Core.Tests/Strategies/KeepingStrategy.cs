using Deployment.Health;
using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Tests.Strategies;

/// <summary>A strategy of a user's own that leaves a release which is live, looks with a check of its own, and takes back what a resource says before it takes back a release.</summary>
internal sealed class KeepingStrategy(Check look) : IDeploymentStrategy
{
    public string Name => "keeping";

    public bool KeepsLive => true;

    public IReadOnlyList<Check> Checks => [look];

    public IReadOnlyList<string> Validate() => [];

    public bool GoesBackInPlace(IReadOnlyList<Observation> resources) => resources.Count > 0;

    public void Plan(StrategyContext context, RunbookBuilder runbook)
    {
        var subject = new CheckSubject(context.Target, context.Candidate.Id, context.Live);
        if (context.Live == context.Candidate.Id)
        {
            runbook.Explain("It is live already.");
            runbook.Check(Moment.Complete, subject);
        }
        else
        {
            new OwnStrategy(WrongStrategies.Right).Plan(context, runbook);
        }

        runbook.Check(look, subject);
    }
}
