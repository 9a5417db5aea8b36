using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>Plans that are made and not followed, and the targets that they are made for.</summary>
internal static class PlanCases
{
    private const int Repetitions = 8;

    internal static IReadOnlyList<StrategyScenario> All { get; } =
    [
        new("Plan_ACapabilityIsMissing_IsRefused", MissingCapabilities),
        new("Plan_SameInputAgain_IsTheSame", SameInput),
        new("Plan_SeveralTargets_EachIsAboutItself", SeveralTargets),
        new("Plan_CoarseLimits_AreKeptOrRefused", CoarseLimits),
    ];

    private static void MissingCapabilities(StrategyTrial trial)
    {
        if (trial.Prepared() is not { } world)
        {
            return;
        }

        foreach (FakeCapabilities has in Sets().Where(has => !has.HasFlag(trial.Options.Needs)))
        {
            world.Can(has);
            world.Scene = $"planning for a target that has {has}";
            string[] missing = [.. Flags().Where(flag => trial.Options.Needs.HasFlag(flag) && !has.HasFlag(flag)).Select(flag => $"I{flag}")];
            Refuses(world, missing);
        }
    }

    private static void Refuses(StrategyWorld world, string[] missing)
    {
        const string Advice = "Ask StrategyContext.Require for every capability, which records the error, and return when one is null.";
        try
        {
            world.Time.Run(() => world.Pipeline().PlanAsync(StrategyWorld.Version(StrategyWorld.Second)));
            world.Breach(StrategyPromise.RefusesWhatIsMissing, $"It planned, although {string.Join(" and ", missing)} is missing. {Advice}");
        }
        catch (DeploymentValidationException error)
        {
            string[] unnamed = [.. missing.Where(name => !error.Errors.Any(text => text.Contains(name, StringComparison.Ordinal)))];
            if (unnamed.Length > 0)
            {
                world.Breach(StrategyPromise.RefusesWhatIsMissing, $"It was refused without naming {string.Join(" and ", unnamed)}: {string.Join(" ", error.Errors)} {Advice}");
            }
        }
        catch (Exception error) when (error is not SimulatedCrashException)
        {
            world.Breach(StrategyPromise.RefusesWhatIsMissing, $"{string.Join(" and ", missing)} is missing, and planning threw {error.GetType().Name} instead of refusing: {error.Message} {Advice}");
        }
    }

    private static void SameInput(StrategyTrial trial)
    {
        if (trial.Prepared() is not { } world)
        {
            return;
        }

        world.Scene = "planning the second deployment again and again";
        DeploymentPipeline one = world.Pipeline();
        Runbook? first = world.Plan(_ => one.PlanAsync(StrategyWorld.Version(StrategyWorld.Second)));
        for (int i = 0; i < Repetitions && first is not null; i++)
        {
            world.Time.Clock.Advance(TimeSpan.FromDays(1));
            bool another = i % 2 == 1;
            Runbook? again = world.Plan(pipeline => (another ? pipeline : one).PlanAsync(StrategyWorld.Version(StrategyWorld.Second)));
            if (again is not null && again.Hash != first.Hash)
            {
                world.Breach(StrategyPromise.PlansPurely, $"The same input gave another runbook, {(another ? "from a pipeline composed anew" : "from the same pipeline")}: {Difference(first, again)} Plan from the StrategyContext alone; remember nothing.");
                return;
            }
        }
    }

    private static string Difference(Runbook first, Runbook again)
    {
        string[] one = first.ToJson().Split('\n');
        string[] other = again.ToJson().Split('\n');
        // The first member is the hash itself.
        int line = Enumerable.Range(2, Math.Max(0, Math.Min(one.Length, other.Length) - 2)).FirstOrDefault(i => one[i] != other[i], -1);
        return line < 0 ? $"{one.Length} lines became {other.Length}." : $"`{one[line].Trim()}` became `{other[line].Trim()}`.";
    }

    private static void SeveralTargets(StrategyTrial trial)
    {
        StrategyWorld world = trial.World(targets: Math.Max(2, trial.Options.Targets));
        if (world.Deploys(StrategyWorld.First, "the first deployment to several targets"))
        {
            world.Deploys(StrategyWorld.Second, "the second deployment to several targets");
        }
    }

    private static void CoarseLimits(StrategyTrial trial)
    {
        foreach (TrafficLimits limits in new TrafficLimits[] { new(5, 8), new(10, 2), new(25, 2), new(50, 2), new(100, 1) })
        {
            StrategyWorld world = trial.World(limits: limits);
            foreach (string version in new[] { StrategyWorld.First, StrategyWorld.Second })
            {
                world.CloseFlag();
                world.Scene = $"the deployment of {version} to a target that shifts in steps of {limits.GranularityPercent}% between {limits.MaxRevisions} revisions";
                try
                {
                    Runbook runbook = world.Time.Run(() => world.Pipeline().PlanAsync(StrategyWorld.Version(version)));
                    world.Succeeds(PlanRules.Hold(world, runbook) ? runbook : null);
                }
                catch (DeploymentValidationException refused) when (refused.Errors.Count > 0)
                {
                    // A strategy may refuse limits that it can't work within.
                }
                catch (Exception error) when (error is not SimulatedCrashException)
                {
                    PlanRules.Refused(world, error);
                }
            }
        }
    }

    internal static IEnumerable<FakeCapabilities> Sets() => Enumerable.Range(0, (int)FakeCapabilities.All + 1).Select(set => (FakeCapabilities)set);

    private static IEnumerable<FakeCapabilities> Flags() => Enum.GetValues<FakeCapabilities>().Where(flag => int.PopCount((int)flag) == 1);
}
