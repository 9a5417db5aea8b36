using Deployment.Store;

namespace Deployment.Testing;

/// <summary>Runs that a person aborts, at each entry of the journal and in the midst of each effect.</summary>
internal static class AbortCases
{
    private static readonly TimeSpan SignalInterval = TimeSpan.FromMilliseconds(500);

    internal static IReadOnlyList<StrategyScenario> All { get; } =
    [
        new("Deploy_AbortedAtEveryEntry_GoesBack", trial => AtEveryEntry(trial, TimeSpan.Zero)),
        new("Deploy_AbortedInTheMidstOfEveryStep_GoesBack", trial => AtEveryEntry(trial, WatchedTarget.Half + (SignalInterval / 5))),
    ];

    private static void AtEveryEntry(StrategyTrial trial, TimeSpan delay)
    {
        bool came = true;
        for (int entry = 1; came; entry++)
        {
            if (trial.Prepared() is not { } world)
            {
                return;
            }

            world.Scene = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the deployment that is aborted {delay.TotalSeconds} s after entry {entry} of its journal");
            world.Watch.Disturbance = new Disturbance { AbortAtEntry = entry, AbortDelay = delay };
            if (world.Plan(pipeline => pipeline.PlanAsync(StrategyWorld.Version(StrategyWorld.Second)), signalInterval: SignalInterval) is not { } runbook)
            {
                return;
            }

            world.Watch.Watch(runbook);
            DeploymentResult? result = world.Execute(runbook, signalInterval: SignalInterval);
            came = world.Watch.Run!.Entries >= entry && result is not null;
            if (result?.Outcome == DeploymentOutcome.Succeeded)
            {
                // The abort came when all was done.
                EndRules.Succeeded(world, result);
            }
            else
            {
                EndRules.WentBack(world, result);
            }
        }
    }
}
