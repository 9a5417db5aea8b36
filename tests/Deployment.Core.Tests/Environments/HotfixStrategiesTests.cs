using Deployment.Flags;
using Deployment.Reports;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies;
using Deployment.Strategies.FeatureFlags;
using Deployment.Tests.Execution;
using Deployment.Tests.Strategies;
using Deployment.Waves;

namespace Deployment.Tests.Environments;

/// <summary>With every strategy a hotfix leaves out exactly what it names, in the runbook and in the log, and the rest stays.</summary>
[Category("Unit")]
public sealed class HotfixStrategiesTests
{
    private const string Smoke = "The check 'smoke'.";
    private static readonly RunOverrides Hotfix = RunOverrides.Hotfix("the till is down");

    [Test]
    public void Deploy_Rolling_OnlyPausesAreShorter() => LeavesOut(
        RollingWorld.Live(4, rolling =>
        {
            RollingWorld.OneByOne(rolling);
            rolling.PauseBetween = TimeSpan.FromMinutes(10);
        }),
        [],
        [
            Smoke,
            "Nine tenths of the wait 'Pause before batch 2': it lasts 1 min instead of 10 min.",
            "Nine tenths of the wait 'Pause before batch 3': it lasts 1 min instead of 10 min.",
            "Nine tenths of the wait 'Pause before batch 4': it lasts 1 min instead of 10 min.",
        ]);

    [Test]
    public void Deploy_BlueGreen_ThePersonStaysAndTheBakeIsShorter()
    {
        Runbook runbook = LeavesOut(
            Live(pipeline => pipeline.UseBlueGreen(blueGreen =>
            {
                blueGreen.BakeTime = TimeSpan.FromMinutes(10);
                blueGreen.Promotion = new ManualGate { Role = "owner", Timeout = TimeSpan.FromHours(1) };
            })),
            [],
            [Smoke, "Nine tenths of the wait 'Bake under all traffic': it lasts 1 min instead of 10 min."]);

        runbook.Steps.OfType<ApprovalStep>().Should().ContainSingle().Which.Role.Should().Be("owner");
    }

    [Test]
    public void Deploy_FeatureFlag_EachStageStaysAndBakesShorter()
    {
        var world = new FlagWorld(flag => flag.Stages = [FlagStage.Percent(10), FlagStage.Everyone]);

        Runbook runbook = LeavesOut(
            world.World,
            [],
            [
                Smoke,
                "Nine tenths of the wait 'Bake with 10%': it lasts 30 s instead of 5 min.",
                "Nine tenths of the wait 'Bake with everyone': it lasts 30 s instead of 5 min.",
            ]);

        runbook.Steps.OfType<EffectStep>().Count(step => step.Operation.Target == "flags.checkout").Should().Be(2);
        world.Flags.Audience(FlagWorld.Flag).IsEveryone.Should().BeTrue();
    }

    /// <summary>What the inner strategy leaves out is named as well.</summary>
    [Test]
    public void Deploy_FeatureFlagOverCanary_TheCanarysStepsAreNamed() => LeavesOut(
        new FlagWorld(flag =>
        {
            flag.Stages = [FlagStage.Everyone];
            flag.Deploy = part => part.UseCanary(canary => canary.Steps = [10, 50, 100]);
        }).World,
        ["effect Shift 50% to shop_1.1.0_1", "wait Bake at 50%"],
        [
            Smoke,
            "The canary's step of 50%.",
            "Nine tenths of the wait 'Bake at 10%': it lasts 30 s instead of 5 min.",
            "Nine tenths of the wait 'Bake at 100%': it lasts 30 s instead of 5 min.",
            "Nine tenths of the wait 'Bake with everyone': it lasts 30 s instead of 5 min.",
        ]);

    [Test]
    public void Deploy_Waves_EachWaveStaysAndIsWatchedShorter()
    {
        FakeTarget[] others = [new("web-2"), new("web-3")];
        World world = Live(pipeline =>
        {
            Array.ForEach(others, target => pipeline.DeployTo(target));
            pipeline.UseBlueGreen().InWaves(waves => (waves.Waves, waves.BakeTime) = (new[] { Wave.Next(1), Wave.Rest() }, TimeSpan.FromMinutes(20)));
        });

        LeavesOut(world, [], [Smoke, "Nine tenths of the wait 'Watch the wave one': it lasts 2 min instead of 20 min."])
            .Steps.OfType<CheckStep>().Should().Contain(step => step.Id.StartsWith("look-again-at-wave-one", StringComparison.Ordinal));

        others.Should().OnlyContain(target => target.Now.Live()!.Version == "1.1.0");
    }

    /// <summary>In a tenth of the time there may be too few copies to say anything, and a person would have to be found first.</summary>
    [Test]
    public void Deploy_Shadow_NoCopiesAreAnsweredFirst()
    {
        World world = ShadowWorld.Live();

        LeavesOut(
            world,
            [
                "effect Copy 100% of the safe requests to shop_1.1.0_1",
                "wait Answer copies",
                "check copies answered as users are",
                "effect End the copies",
            ],
            [Smoke, "The copies of requests that shop_1.1.0_1 would answer first, and the comparison of its answers."]);

        world.Mirrors().Should().BeEmpty();
        world.Target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100");
    }

    /// <summary>A trial brings nothing to users, so there is nothing that could come sooner.</summary>
    [Test]
    public void Plan_ShadowThatOnlyTries_StillTries()
    {
        World world = ShadowWorld.Trial();

        Runbook runbook = world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.1.0"), Hotfix));

        runbook.Steps.OfType<CheckStep>().Should().Contain(step => step.Check == "copies answered as users are");
        runbook.Hotfix!.LeftOut.Should().Equal(Smoke, "Nine tenths of the wait 'Answer copies': it lasts 30 s instead of 5 min.");
    }

    private static World Live(Action<DeploymentPipelineBuilder> then)
    {
        var world = new World { Configure = then };
        world.Time.Run(async () =>
        {
            Task<DeploymentResult> first = world.Pipeline().DeployAsync(World.Version("1.0.0"));
            await ApproveAsync(world, first);
        });
        world.RunOf("1.0.0")!.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Time.Clock.Advance(TimeSpan.FromMinutes(1));
        return world;
    }

    /// <summary>Plans with and without, compares what stands in them, and carries the hotfix out.</summary>
    /// <param name="world">Where 1.0.0 is live.</param>
    /// <param name="steps">What only the plain plan has, besides the smoke test.</param>
    /// <param name="named">What the hotfix says that it leaves out.</param>
    private static Runbook LeavesOut(World world, string[] steps, string[] named)
    {
        Runbook plain = world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.1.0")));
        DeploymentResult result = world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = world.Pipeline().DeployAsync(World.Version("1.1.0"), Hotfix);
            await ApproveAsync(world, deploying);
            return await deploying;
        });

        Runbook runbook = result.Runbook;
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        plain.Steps.Select(Name).Except(runbook.Steps.Select(Name)).Should().Equal(plain.Steps.Select(Name).Where(name => name == "check smoke" || steps.Contains(name)).Distinct());
        plain.Steps.Select(Name).Distinct().Should().Contain([.. steps, "check smoke"]);
        runbook.Steps.Select(Name).Except(plain.Steps.Select(Name)).Should().BeEmpty();
        runbook.Hotfix!.LeftOut.Should().Equal(named);
        foreach (WaitStep wait in runbook.Steps.OfType<WaitStep>())
        {
            TimeSpan usual = plain.Steps.OfType<WaitStep>().First(step => step.Title == wait.Title).Duration;
            wait.Duration.Should().Be(usual / 10);
            named.Should().Contain($"Nine tenths of the wait '{wait.Title}': it lasts {Duration.Of(wait.Duration)} instead of {Duration.Of(usual)}.");
        }

        result.Log.Entries.Where(entry => entry.Kind == JournalEntryKind.Overridden).Select(entry => entry.Text).Should().Equal(
            ["It is a hotfix, because: the till is down", .. named.Select(what => $"Left out by the hotfix: {what}")]);
        runbook.ToMarkdown().Should().ContainAll(named.Select(what => $"| left out | {Markdown.Text(what)} |"));
        return runbook;
    }

    /// <summary>Lets a person say yes where the run waits for one.</summary>
    private static async Task ApproveAsync(World world, Task deploying)
    {
        while (!deploying.IsCompleted)
        {
            await Task.WhenAny(deploying, Task.Delay(TimeSpan.FromMinutes(1), world.Time.Clock));
            if (world.Runs().LastOrDefault(run => run.State == RunState.Held) is { } held)
            {
                await world.Store.PostSignalAsync(held.Id, Signal.Approve("ada", held.RunbookHash!), CancellationToken.None);
            }
        }

        await deploying;
    }

    private static string Name(RunbookStep step) => step switch
    {
        WaitStep => $"wait {step.Title}",
        CheckStep { Duration: not null } => $"wait {step.Title}",
        CheckStep check => $"check {check.Check}",
        ApprovalStep => $"approval {step.Title}",
        _ => $"effect {step.Title}",
    };
}
