using System.Text.RegularExpressions;
using Deployment.Commands;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Strategies.FeatureFlags;
using Deployment.Targets;
using Deployment.Tests.Execution;
using Deployment.Tests.Strategies;

namespace Deployment.Tests;

[Category("Unit")]
public sealed partial class DeploymentStatusTests
{
    [Test]
    public void Status_OpenAndScheduledRuns_Print()
    {
        var world = new World();
        IDeploymentStore store = new LosingDisk(new Random(1)).OpenStore(world.Time.Clock);
        world.Configure = pipeline => pipeline.UseBlueGreen().UseStore(store);
        world.Deploy("1.0.0");
        world.Deploy("1.1.0");
        world.Target.DelayAt(5, TimeSpan.FromMinutes(2), world.Time.Clock);
        DeploymentStatus? status = null;

        world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = world.Pipeline().DeployAsync(World.Version("1.2.0"));
            await Task.Delay(TimeSpan.FromSeconds(102), world.Time.Clock);
            status = await world.Pipeline().StatusAsync();
            await deploying;
        });

        Approved.Verify("status", Anonymous(status!.ToMarkdown()) + "\n---\n" + Anonymous(status.ToString()));
        RunRecord open = status.OpenRuns.Should().ContainSingle().Subject;
        Driver driver = status.Drivers.Should().ContainSingle(entry => entry.Key == open.Id).Subject.Value;
        driver.Life.Should().Be(DriverLife.Runs);
        (status.SeenAt - driver.LastBeat).Should().BePositive().And.BeLessThan(TimeSpan.FromSeconds(10.0 / 3));
    }

    [Test]
    public void Status_RunThatNobodyDrives_SaysSo()
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Configure = pipeline => pipeline.UseBlueGreen().ConfigureEngine(engine => engine.OnCancellation = CancellationPolicy.Detach).RequireApproval();
        using var detach = new CancellationTokenSource();
        world.Time.Run(async () =>
        {
            Task<DeploymentResult> deploying = world.Pipeline().DeployAsync(World.Version("1.1.0"), detach.Token);
            await Task.Delay(TimeSpan.FromSeconds(5), world.Time.Clock);
            await detach.CancelAsync();
            await FluentActions.Awaiting(() => deploying).Should().ThrowAsync<OperationCanceledException>();
        });

        DeploymentStatus status = world.Time.Run(() => world.Pipeline().StatusAsync());

        status.OpenRuns.Should().ContainSingle();
        status.Drivers.Should().BeEmpty();
        status.ToMarkdown().Should().Contain("| nobody: resume it |");
        status.ToString().Should().Contain(", driven by nobody: resume it");
    }

    [Test]
    public void Status_FlagStoreIsOutOfOrder_TellsThatAndAllTheRest()
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Configure = pipeline => pipeline.UseFeatureFlag(options => (options.Flag, options.Store) = ("checkout", new JsonFeatureFlagFile("/no-such-folder/flags.json")));

        DeploymentStatus status = world.Time.Run(() => world.Pipeline().StatusAsync());

        status.Targets.Should().ContainSingle().Which.Live()!.Version.Should().Be("1.0.0");
        status.Resources.Should().ContainSingle().Which.Problems.Should().ContainSingle().Which.Should().Be("It can't be looked at: There is no file with feature flags /no-such-folder/flags.json. Make it, with the flag in it and closed; or mend the path.");
        status.ToMarkdown().Should().Contain("There is no file with feature flags");
    }

    [Test]
    public void Status_PipelineHasAFlag_TellsWhoHasIt()
    {
        var world = new FlagWorld();
        world.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        DeploymentStatus status = world.World.Time.Run(() => world.World.Pipeline().StatusAsync());
        world.Flags.Delete(FlagWorld.Flag);
        DeploymentStatus without = world.World.Time.Run(() => world.World.Pipeline().StatusAsync());

        status.Targets.Should().ContainSingle().Which.Target.Should().Be("web");
        Observation flag = status.Resources.Should().ContainSingle().Subject;
        (string name, string definition) = flag.Properties.Should().ContainSingle().Subject;
        (flag.Target, name).Should().Be(("flags.checkout", "flag:checkout"));
        world.Flags.AudienceOf(definition).IsEveryone.Should().BeTrue();
        status.ToMarkdown().Should().Contain($"## Resource `flags.checkout`\n\n- flag:checkout: `{definition}`\n\n## Open runs");
        status.ToString().Should().Contain($"\n  flags.checkout: flag:checkout {definition}\n");
        without.ToMarkdown().Should().Contain("## Resource `flags.checkout`\n\nNothing stands here.\n\n## Open runs");
        without.ToString().Should().Contain("\n  flags.checkout: nothing");
    }

    [Test]
    public void Observation_Text_TellsWhatStandsAndWhatIsWrong()
    {
        var observation = new Observation
        {
            Target = "web",
            Revisions = [new(new RevisionId("shop", "1.0.0", 1), 1, []), new(new RevisionId("shop", "1.1.0", 1), 2, [])],
            Traffic = TrafficSplit.AllTo(new RevisionId("shop", "1.0.0", 1)),
            Properties = new Dictionary<string, string> { ["port"] = "80" },
            Problems = ["The port is taken."],
        };

        observation.ToString().Should().Be("web: traffic shop_1.0.0_1=100; stands shop_1.0.0_1, shop_1.1.0_1 (2 instances); port 80; problem: The port is taken.");
        new Observation { Target = "web" }.ToString().Should().Be("web: traffic none; stands nothing");
    }

    private static string Anonymous(string text) => Process().Replace(text, "process N on MACHINE");

    [GeneratedRegex(@"process \d+ on [^ ,;]+")]
    private static partial Regex Process();
}
