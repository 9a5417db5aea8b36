using Deployment.Planning;
using Deployment.Targets;

namespace Deployment.Tests.Strategies;

/// <summary>A strategy as a user's assembly would have it, for targets that host revisions and split traffic.</summary>
internal sealed class OwnStrategy(Action<SideBySide> plan) : IDeploymentStrategy
{
    public string Name => "own";

    public IReadOnlyList<string> Validate() => [];

    public void Plan(StrategyContext context, RunbookBuilder runbook)
    {
        IHostRevisions? hosts = context.Require<IHostRevisions>();
        ISplitTraffic? router = context.Require<ISplitTraffic>();
        if (hosts is not null && router is not null)
        {
            plan(new SideBySide(context, runbook, hosts, router));
        }
    }
}
