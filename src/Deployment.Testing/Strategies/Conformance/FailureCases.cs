using Deployment.Runbooks;

namespace Deployment.Testing;

/// <summary>Runs where a step or a check fails.</summary>
internal static class FailureCases
{
    internal static IReadOnlyList<StrategyScenario> All { get; } =
    [
        new("Deploy_AnEffectFailsBeforeItTakesPlace_GoesBack", trial => EachEffect(trial, after: false)),
        new("Deploy_AnEffectFailsAfterItTookPlace_GoesBack", trial => EachEffect(trial, after: true)),
        new("Deploy_AnEffectFailsHalfway_GoesBack", EachHalf),
        new("Deploy_AnEffectFailsInPassing_Succeeds", EachEffectOnce),
        new("Deploy_ACheckFails_GoesBack", EachCheck),
        new("DeployFirst_AnEffectOrTheLastCheckFails_LeavesNothing", First),
    ];

    private static void EachEffect(StrategyTrial trial, bool after)
    {
        foreach (FakeCapabilities capabilities in trial.LeastAndMost)
        {
            foreach ((int place, EffectStep step) in Effects(trial.Prepared(capabilities), StrategyWorld.Second))
            {
                FailsAt(trial.Prepared(capabilities), place, step, after, StrategyWorld.Second, "the deployment");
            }
        }
    }

    private static void EachHalf(StrategyTrial trial)
    {
        foreach ((int place, EffectStep step) in Effects(trial.Prepared(), StrategyWorld.Second).Where(effect => effect.Step.Operation.Verb is "replace" or "vacate"))
        {
            StrategyWorld world = trial.Prepared()!;
            world.Watch.Disturbance = new Disturbance { FailingEffect = place, FailsHalfway = true };
            GoesBack(world, StrategyWorld.Second, $"the deployment where '{step.Title}' ({step.Id}) fails halfway");
        }
    }

    private static void EachEffectOnce(StrategyTrial trial)
    {
        foreach ((int place, EffectStep step) in Effects(trial.Prepared(), StrategyWorld.Second).Where(effect => effect.Step.Retry.Attempts > 1))
        {
            foreach (bool after in new[] { false, true })
            {
                StrategyWorld world = trial.Prepared()!;
                world.Watch.Disturbance = new Disturbance { FailingEffect = place, FailsAfter = after, FailsInPassing = true };
                world.Deploys(StrategyWorld.Second, $"the deployment where '{step.Title}' ({step.Id}) fails once, {(after ? "after it took place" : "before it takes place")}");
            }
        }
    }

    private static void EachCheck(StrategyTrial trial)
    {
        foreach (FakeCapabilities capabilities in trial.LeastAndMost)
        {
            int checks = Plan(trial.Prepared(capabilities), StrategyWorld.Second)?.Steps.OfType<CheckStep>().Count(step => WatchedCheck.IsOne(step.Check)) ?? 0;
            for (int check = 1; check <= checks; check++)
            {
                StrategyWorld world = trial.Prepared(capabilities)!;
                world.Watch.Disturbance = new Disturbance { FailingCheck = check };
                GoesBack(world, StrategyWorld.Second, $"the deployment where check {check} of {checks} fails");
            }
        }
    }

    private static void First(StrategyTrial trial)
    {
        foreach (FakeCapabilities capabilities in trial.LeastAndMost)
        {
            foreach ((int place, EffectStep step) in Effects(trial.World(capabilities), StrategyWorld.First))
            {
                FailsAt(trial.World(capabilities), place, step, after: false, StrategyWorld.First, "the first deployment");
                FailsAt(trial.World(capabilities), place, step, after: true, StrategyWorld.First, "the first deployment");
            }

            StrategyWorld world = trial.World(capabilities);
            world.Watch.Disturbance = new Disturbance { FailsAtTheEnd = true };
            GoesBack(world, StrategyWorld.First, "the first deployment where the last check fails");
        }
    }

    private static void FailsAt(StrategyWorld? world, int place, EffectStep step, bool after, string version, string what)
    {
        world!.Watch.Disturbance = new Disturbance { FailingEffect = place, FailsAfter = after };
        GoesBack(world, version, $"{what} where '{step.Title}' ({step.Id}) fails {(after ? "after it took place" : "before it takes place")}");
    }

    private static void GoesBack(StrategyWorld world, string version, string scene)
    {
        world.Scene = scene;
        if (world.Plan(pipeline => pipeline.PlanAsync(StrategyWorld.Version(version))) is { } runbook)
        {
            world.Watch.Watch(runbook);
            EndRules.WentBack(world, world.Execute(runbook));
        }
    }

    private static IEnumerable<(int Place, EffectStep Step)> Effects(StrategyWorld? world, string version) =>
        Plan(world, version)?.Steps.OfType<EffectStep>().Select((step, i) => (i + 1, step)) ?? [];

    private static Runbook? Plan(StrategyWorld? world, string version)
    {
        if (world is null)
        {
            return null;
        }

        world.Scene = $"planning the deployment of {version}";
        return world.Plan(pipeline => pipeline.PlanAsync(StrategyWorld.Version(version)));
    }
}
