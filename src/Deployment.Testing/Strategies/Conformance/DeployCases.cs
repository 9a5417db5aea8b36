using Deployment.Runbooks;

namespace Deployment.Testing;

/// <summary>Runs that nothing disturbs.</summary>
internal static class DeployCases
{
    private static readonly TimeSpan PastAnyWindow = TimeSpan.FromDays(400);

    internal static IReadOnlyList<StrategyScenario> All { get; } =
    [
        new("Deploy_EachSetOfCapabilitiesThatSuffices_Succeeds", EachSet),
        new("Deploy_SameVersionAgain_BringsAnotherRevision", SameVersion),
        new("Deploy_ManyInARow_EachSucceeds", ManyInARow),
        new("RollBack_WhileTheOldStands_GoesBackToIt", RollBack),
        new("RollBack_AfterTheWindow_InstallsItAgain", RollBackLate),
        new("Complete_AfterTheWindow_LeavesTheCandidate", Retire),
    ];

    private static void EachSet(StrategyTrial trial)
    {
        foreach (FakeCapabilities has in PlanCases.Sets().Where(has => has.HasFlag(trial.Options.Needs)))
        {
            StrategyWorld world = trial.World(has);
            if (world.Deploys(StrategyWorld.First, $"the first deployment to a target that has {has}"))
            {
                world.Deploys(StrategyWorld.Second, $"the second deployment to a target that has {has}");
            }
        }
    }

    private static void SameVersion(StrategyTrial trial) => ForEach(trial, world => world.Deploys(StrategyWorld.First, "the deployment of the live version again"));

    private static void ManyInARow(StrategyTrial trial) => ForEach(trial, world =>
    {
        _ = world.Deploys(StrategyWorld.Second, "the second deployment")
            && world.Deploys("1.2.0", "the third deployment, right after the second")
            && world.Deploys("1.3.0", "the fourth deployment, right after the third");
    });

    private static void RollBack(StrategyTrial trial) => ForEach(trial, world =>
    {
        if (world.Deploys(StrategyWorld.Second, "the second deployment"))
        {
            GoBack(world, "going back right after the second deployment");
        }
    });

    private static void RollBackLate(StrategyTrial trial) => ForEach(trial, world =>
    {
        if (world.Deploys(StrategyWorld.Second, "the second deployment"))
        {
            world.Time.Clock.Advance(PastAnyWindow);
            world.Complete();
            GoBack(world, "going back after the rollback window");
        }
    });

    private static void Retire(StrategyTrial trial) => ForEach(trial, world =>
    {
        if (!world.Deploys(StrategyWorld.Second, "the second deployment"))
        {
            return;
        }

        WatchedRun run = world.Watch.Run!;
        world.Time.Clock.Advance(PastAnyWindow);
        world.Complete();
        world.Scene = "tidying up after the rollback window";
        foreach (FakeTarget target in world.Targets.Where(target => target.Now.Traffic.ShareOf(run.CandidateOn(target.Name)) != 100))
        {
            world.Consequence(StrategyPromise.RetiresOnlyTheOld, $"{run.CandidateOn(target.Name)} was brought, and it doesn't serve any more: {target.Now}.");
        }
    });

    private static void GoBack(StrategyWorld world, string scene)
    {
        world.Scene = scene;
        bool isOpen = !world.Flag.IsNobody;
        if (!world.Succeeds(Plan(world)))
        {
            return;
        }

        if (isOpen && world.Targets.All(target => target.Now.Live()?.Version == StrategyWorld.Second))
        {
            // Closing the flag may be all that is needed; who goes back once more wants the old release.
            world.Scene = $"{scene}, once more";
            if (!world.Succeeds(Plan(world)))
            {
                return;
            }
        }

        if (world.Targets.Any(target => target.Now.Live()?.Version != StrategyWorld.First))
        {
            world.Consequence(StrategyPromise.Succeeds, $"{StrategyWorld.First} should be live again: {world.Now}.");
        }
    }

    private static Runbook? Plan(StrategyWorld world) => world.Plan(pipeline => pipeline.PlanRollBackAsync());

    private static void ForEach(StrategyTrial trial, Action<StrategyWorld> scenario)
    {
        foreach (FakeCapabilities capabilities in trial.LeastAndMost)
        {
            if (trial.Prepared(capabilities) is { } world)
            {
                scenario(world);
            }
        }
    }
}
