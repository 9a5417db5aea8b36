using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies;
using Deployment.Strategies.Canary;
using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>Testers, and users who stay.</summary>
[Category("Unit")]
public sealed class CanaryTestersTests
{
    private const string Line = "fakectl web open --as-tester shop_1.1.0_1";

    [Test]
    public void Deploy_TestersReachTheReleaseBeforeAnyUserDoes()
    {
        World world = CanaryWorld.Live(canary => (canary.Steps, canary.Testers) = ([10, 100], new CanaryTesters { Time = TimeSpan.FromHours(1), Gate = new ManualGate { Role = "tester" } }));
        string? seen = null;

        DeploymentResult result = world.During(
            (TimeSpan.FromMinutes(30), (_, _) => Task.FromResult(seen = $"{world.Target.Testers}, users {world.Target.Now.Traffic}")),
            (TimeSpan.FromHours(2), (pipeline, run) => pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!))));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        seen.Should().Be($"shop_1.1.0_1, users {CanaryWorld.Old}");
        world.Shares().Should().Equal(10, 100);
        result.Runbook.Steps.OfType<WaitStep>().First().Lookup.Should().Equal(Line);
        result.Runbook.Steps.OfType<ApprovalStep>().Single().Lookup.Should().Equal(Line);
        result.Runbook.ToMarkdown().Should().Contain(Line);
        Runbook.FromJson(result.Runbook.ToJson()).Should().Be(result.Runbook);
    }

    [Test]
    public void Deploy_TestersAreNotContent_GoesBackWithoutAUserNoticing()
    {
        World world = CanaryWorld.Live(canary => canary.Testers = new CanaryTesters { Gate = new ManualGate { Role = "tester" } });

        DeploymentResult result = world.During((TimeSpan.FromMinutes(1), (pipeline, run) => pipeline.SignalAsync(run.Id, Signal.Reject("ada", "the cart is empty"))));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        world.Shares().Should().BeEmpty("no user was moved");
        world.IsAsBefore("testers are users again");
    }

    [Test]
    public void Plan_TargetCannotLetTestersIn_IsRefused() =>
        CanaryWorld.Live(canary => canary.Testers = new CanaryTesters { Time = TimeSpan.FromHours(1) }, new FakeTarget("web", FakeCapabilities.All & ~FakeCapabilities.RouteTesters)).Errors()
            .Should().Equal("The strategy 'canary' needs a target that can let testers reach a revision by a header or a cookie that its options name (IRouteTesters), and 'web' can't. No target of this pipeline can. 'web' could carry recreate, rolling, blue-green, shadow. Take another strategy or another target.");

    [Test]
    public void Plan_TargetCannotKeepUsers_IsRefusedOnlyWhereItMust()
    {
        World world = CanaryWorld.Live(canary => canary.RequireStickyUsers = true);
        world.Target.Limits = new TrafficLimits(1, 2);

        world.Errors().Should().ContainSingle().Which.Should().StartWith("The strategy 'canary' needs a target that can keep a user with one revision while its share stays or grows (ISplitTraffic), and 'web' can't.");
        world.Target.Limits = new TrafficLimits(1, 2) { KeepsUsers = true };
        world.Plan();
        world.Target.Limits = new TrafficLimits(1, 2);
        world.Configure = pipeline => pipeline.UseCanary();
        world.Plan();
    }
}
