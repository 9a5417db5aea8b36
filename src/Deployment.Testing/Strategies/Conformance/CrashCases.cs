using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Testing;

/// <summary>Runs whose process dies at every point, and which the next one finishes.</summary>
internal static class CrashCases
{
    internal static IReadOnlyList<StrategyScenario> All { get; } =
    [
        new("Deploy_DiesAtEveryPoint_IsFinishedByTheNext", trial => AtEveryPoint(trial, Disturbance.None, "the deployment", Finished)),
        new("GoBack_DiesAtEveryPoint_IsFinishedByTheNext", trial => AtEveryPoint(trial, new Disturbance { FailsAtTheEnd = true }, "the deployment that goes back after the last check", WentBack)),
    ];

    private static void AtEveryPoint(StrategyTrial trial, Disturbance disturbance, string what, Action<StrategyWorld, DeploymentResult?> ends)
    {
        bool lived = false;
        for (int point = 1; !lived; point++)
        {
            if (trial.Prepared() is not { } world)
            {
                return;
            }

            world.Scene = what;
            world.Watch.Disturbance = disturbance;
            var process = new SimulatedProcess(point);
            if (world.Plan(pipeline => pipeline.PlanAsync(StrategyWorld.Version(StrategyWorld.Second))) is not { } runbook)
            {
                return;
            }

            world.Watch.Watch(runbook);
            DeploymentResult? result = Survive(world, runbook, process, what);
            ends(world, result);
            lived = process.Death is null;
        }
    }

    private static void Finished(StrategyWorld world, DeploymentResult? result) => EndRules.Succeeded(world, result, StrategyPromise.SurvivesCrashes);

    private static void WentBack(StrategyWorld world, DeploymentResult? result) => EndRules.WentBack(world, result);

    private static DeploymentResult? Survive(StrategyWorld world, Runbook runbook, SimulatedProcess process, string what)
    {
        try
        {
            return world.Execute(runbook, process);
        }
        // A process may die beside its run, where it saves the record or beats: then its run ends by what it meets next.
        catch (Exception) when (process.Death is not null)
        {
            world.Scene = $"{what}, whose process died {process.Death}";
            RunRecord? left = world.Runs().LastOrDefault(run => run.RunbookHash == runbook.Hash && run.State != RunState.Scheduled);
            return left is null ? world.Execute(runbook) : world.Resume(left.Id);
        }
    }
}
