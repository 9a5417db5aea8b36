using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies;
using Deployment.Strategies.Canary;
using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>What a canary does, step by step.</summary>
[Category("Unit")]
public sealed class CanaryTests
{
    private static readonly (string Name, Action<CanaryOptions> Configure)[] Families =
    [
        ("canary-default", _ => { }),
        ("canary-10-percent-5-minutes", canary => canary.Steps = CanarySteps.Canary10Percent5Minutes),
        ("canary-linear-10-percent-every-1-minute", canary => canary.Steps = CanarySteps.Linear10PercentEvery1Minute),
        ("canary-whole", CanaryWorld.Whole),
    ];

    [Test]
    public void Transcript([Range(0, 3)] int family)
    {
        World world = CanaryWorld.Live(Families[family].Configure);
        world.Watch();

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        Approved.Verify(Families[family].Name, string.Join('\n', world.Transcript));
    }

    [Test]
    public void Runbook_OfEverythingThatACanaryCanDo_ReadsWell()
    {
        World world = CanaryWorld.Live(canary =>
        {
            CanaryWorld.Whole(canary);
            canary.Steps = [5, new CanaryStep { Weight = 55, Gate = new ManualGate { Role = "release manager", Timeout = TimeSpan.FromHours(4) } }, 100];
            canary.UnavailableWeight = UnavailableWeight.RoundUp;
            canary.Testers = new CanaryTesters { Time = TimeSpan.FromHours(1), Gate = new ManualGate { Role = "tester" } };
        });
        world.Target.Limits = new TrafficLimits(10, 3) { KeepsUsers = true };

        Approved.Verify("canary-runbook", world.Plan().ToMarkdown());
    }

    [Test]
    public void Presets_AreWhatTheirNamesSay()
    {
        Text(CanarySteps.Default).Should().Be("10/- 25/- 50/- 100/-");
        Text(CanarySteps.Canary10Percent5Minutes).Should().Be("10/5 100/0");
        Text(CanarySteps.Canary10Percent10Minutes).Should().Be("10/10 100/0");
        Text(CanarySteps.Canary10Percent15Minutes).Should().Be("10/15 100/0");
        Text(CanarySteps.Canary10Percent30Minutes).Should().Be("10/30 100/0");
        Text(CanarySteps.Linear10PercentEvery1Minute).Should().Be("10/1 20/1 30/1 40/1 50/1 60/1 70/1 80/1 90/1 100/0");
        Text(CanarySteps.Linear10PercentEvery2Minutes).Should().StartWith("10/2 20/2 ").And.EndWith(" 90/2 100/0");
        Text(CanarySteps.Linear10PercentEvery3Minutes).Should().StartWith("10/3 20/3 ").And.EndWith(" 90/3 100/0");
        Text(CanarySteps.Linear10PercentEvery10Minutes).Should().StartWith("10/10 20/10 ").And.EndWith(" 90/10 100/0");
        Text(CanarySteps.Linear(30, TimeSpan.FromMinutes(7))).Should().Be("30/7 60/7 90/7 100/0");
        Text(CanarySteps.Linear(100, TimeSpan.FromMinutes(7))).Should().Be("100/0");
        FluentActions.Invoking(() => CanarySteps.Linear(0, TimeSpan.Zero)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => CanarySteps.Linear(101, TimeSpan.Zero)).Should().Throw<ArgumentOutOfRangeException>();

        static string Text(IEnumerable<CanaryStep> steps) => string.Join(' ', steps.Select(step => $"{step.Weight}/{step.BakeTime?.TotalMinutes.ToString() ?? "-"}"));
    }

    [Test]
    public void Options_ChangedAfterTheyWereGiven_ChangeNothing()
    {
        CanaryOptions? kept = null;
        World world = CanaryWorld.Live(canary => kept = canary);
        DeploymentPipeline pipeline = world.Pipeline();
        List<CanaryStep> steps = [10, 100];

        kept!.Steps = steps;
        DeploymentPipeline second = world.Pipeline(more: _ => kept!.Steps = steps);
        steps.Clear();

        world.Time.Run(() => pipeline.PlanAsync(World.Version("1.1.0"))).Titles().Should().Contain("Shift 25% to shop_1.1.0_1");
        world.Time.Run(() => second.PlanAsync(World.Version("1.1.0"))).Titles().Should().Contain("Shift 25% to shop_1.1.0_1");
    }

    [Test]
    public void Deploy_NothingIsLive_IsOneSwitchAndThePlanSaysSo()
    {
        World world = CanaryWorld.Empty(canary =>
        {
            CanaryWorld.Whole(canary);
            canary.Steps = [new CanaryStep { Weight = 10, Gate = new ManualGate() }, 100];
        });

        Runbook plan = world.Plan("1.0.0");

        plan.StrategyReason.Should().EndWith("Where nothing is live there is nobody to compare with: all users get the release in one step.");
        plan.Titles().Should().Equal("Install shop_1.0.0_1", "health", "smoke", "Go/No-Go by approver before 100%", "Switch all traffic to shop_1.0.0_1", "Bake at 100%");
        plan.Targets.Single().Baseline.Should().BeNull();
    }

    [Test]
    public void RollBack_AfterASuccess_IsOneSwitchThatNobodyWaitsFor()
    {
        World world = CanaryWorld.Live(_ => { });
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Configure = pipeline => pipeline.UseCanary(canary =>
        {
            CanaryWorld.Whole(canary);
            canary.Steps = [new CanaryStep { Weight = 10, Gate = new ManualGate() }, 100];
        });
        int effects = world.Target.Transcript.Count;
        DateTimeOffset begin = world.Time.Clock.GetUtcNow();

        DeploymentResult result = world.Time.Run(() => world.Pipeline().RollBackAsync());

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.StrategyReason.Should().Contain("Going back is one switch");
        world.Target.Transcript.Skip(effects).Should().Equal("route shop_1.0.0_1=100");
        (world.Time.Clock.GetUtcNow() - begin).Should().BeLessThan(TimeSpan.FromMinutes(1));
    }

    [Test]
    public void RollBack_TargetHasLostItsShares_GoesBackAllTheSame()
    {
        World world = CanaryWorld.Live(canary => canary.Steps = [10, 100]);
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Target.Limits = new TrafficLimits(100, 1);

        world.Time.Run(() => world.Pipeline().RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Target.Now.Traffic.ToString().Should().Be(CanaryWorld.Old);
    }

    [Test]
    public void Complete_WhenTheWindowHasClosed_RemovesTheOldRevision()
    {
        World world = CanaryWorld.Live(canary => (canary.Steps, canary.RollbackWindow) = ([10, 100], TimeSpan.FromMinutes(30)));
        world.Deploy("1.1.0");

        world.Time.Clock.Advance(TimeSpan.FromMinutes(31));
        world.Time.Run(() => world.Pipeline().CompleteAsync()).Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Target.Now.Revisions.Should().ContainSingle().Which.Id.Version.Should().Be("1.1.0");
    }

    [Test]
    public void Checks_StandAfterTheBakeAndWhereAStepWantsThem()
    {
        World world = CanaryWorld.Live(canary => canary.Steps = [10, new CanaryStep { Weight = 50, Checks = false, BakeTime = TimeSpan.Zero }, 100]);
        world.Watch();

        world.Plan().Titles().Should().Equal(
            "Install shop_1.1.0_1", "health", "smoke",
            "Shift 10% to shop_1.1.0_1", "Bake at 10%", "error rate",
            "Shift 50% to shop_1.1.0_1",
            "Shift all traffic to shop_1.1.0_1", "Bake at 100%", "error rate");
    }

    [Test]
    public void BeforeTraffic_TargetCannotReachRevisions_IsCheckedUnderTheFirstShare()
    {
        World world = CanaryWorld.Live(canary => canary.Steps = [10, 100], new FakeTarget("web", FakeCapabilities.All & ~FakeCapabilities.ReachRevisions));

        world.Plan().Titles().Take(5).Should().Equal("Install shop_1.1.0_1", "health", "Shift 10% to shop_1.1.0_1", "Bake at 10%", "smoke");
    }

    [Test]
    public void Gate_BeforeAStep_IsAskedForBeforeItsShare()
    {
        World world = CanaryWorld.Live(canary => canary.Steps = [10, new CanaryStep { Weight = 50, Gate = new ManualGate { Role = "ops", Timeout = TimeSpan.FromHours(2) } }, 100]);

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("Nobody decided within 02:00:00");
        world.Shares().Should().Equal(10, 0);
        ApprovalStep gate = result.Runbook.Steps.OfType<ApprovalStep>().Single();
        gate.Title.Should().Be("Go/No-Go by ops before 50%");
        gate.Role.Should().Be("ops");
    }

    [Test]
    public void Gate_IsApproved_GoesOn()
    {
        World world = CanaryWorld.Live(canary => canary.Steps = [10, new CanaryStep { Weight = 50, Gate = new ManualGate() }, 100]);

        DeploymentResult result = world.During((TimeSpan.FromHours(9), (pipeline, run) => pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!))));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        world.Shares().Should().Equal(10, 50, 100);
    }
}
