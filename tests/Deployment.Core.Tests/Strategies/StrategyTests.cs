using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>What the strategies plan, beyond what the engine's tests see of them.</summary>
[Category("Unit")]
public sealed class StrategyTests
{
    [Test]
    public void Recreate_OverAnOldRelease_RestsOnWhatItReplacesAndPassesItsMoments()
    {
        var world = new World { Configure = pipeline => pipeline.UseRecreate(options => options.Reason = "There is one slot.") };
        world.Deploy("1.0.0");
        world.Configure += pipeline => pipeline.Check(new ScriptedCheck("error rate"), Moment.Shifted).RequireApproval(Moment.Complete);

        Runbook plan = world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.1.0")));

        plan.StrategyReason.Should().Be("There is one slot.");
        plan.Basis.Select(fact => $"{fact.Name} {fact.Value}").Should().BeEquivalentTo("traffic shop_1.0.0_1=100", Is("shop_1.0.0_1", Fact.Present), Is("shop_1.1.0_1", Fact.Absent));
        plan.Steps.Select(step => step.GetType().Name).Should().Equal(nameof(EffectStep), nameof(CheckStep), nameof(CheckStep), nameof(CheckStep), nameof(ApprovalStep));
        plan.Steps.OfType<EffectStep>().Single().ChangesTraffic.Should().BeTrue();
    }

    [Test]
    public void Recreate_WhatIsBoundToTheEnd_StandsAfterTheChecksUnderTraffic()
    {
        var world = new World { Configure = pipeline => pipeline.UseRecreate().RequireApproval(Moment.Complete).Check(new ScriptedCheck("error rate"), Moment.Shifted) };

        world.Plan("1.0.0").Steps.Select(step => step.GetType().Name).Should().Equal(nameof(EffectStep), nameof(CheckStep), nameof(CheckStep), nameof(CheckStep), nameof(ApprovalStep));
    }

    [Test]
    public void Recreate_Changes_SayWhatStandsBefore()
    {
        var world = new World { Configure = pipeline => pipeline.UseRecreate() };
        world.Deploy("1.0.0");
        Changes(world.Plan()).Should().Contain(Change("shop_1.1.0_1", Fact.Absent, Fact.Present)).And.Contain(Change("shop_1.0.0_1", Fact.Present, Fact.Absent));

        world.Configure = pipeline => pipeline.UseBlueGreen();
        world.Deploy("1.1.0");
        world.Configure = pipeline => pipeline.UseRecreate();
        Changes(world.Time.Run(() => world.Pipeline().PlanRollBackAsync())).Should().Contain(Change("shop_1.0.0_1", Fact.Present, Fact.Present), "blue-green left it standing");

        static IReadOnlyList<FactChange> Changes(Runbook plan) => plan.Steps.OfType<EffectStep>().Single().Changes;
        static FactChange Change(string revision, string before, string after) => new("web", Fact.OfRevision(new("shop", revision.Split('_')[1], 1)), before, after);
    }

    [Test]
    public void Recreate_FailsAfterTheUpdate_ChecksTheOldRevisionAfterwards()
    {
        var world = new World { Configure = pipeline => pipeline.UseRecreate() };
        world.Deploy("1.0.0");
        world.Smoke = _ => Verdict.Fail("500");
        world.Health = context => context.Subject.Candidate.Version == "1.0.0" ? Verdict.Fail("It does not come up.") : Verdict.Pass("well");

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention, "what is not well is not rolled back");
        result.Reason.Should().Contain("It does not come up.");
    }

    [TestCase(FakeCapabilities.All, "Install shop_1.1.0_1|health|smoke|Switch all traffic to shop_1.1.0_1|p95")]
    [TestCase(FakeCapabilities.All & ~FakeCapabilities.ReachRevisions, "Install shop_1.1.0_1|health|Switch all traffic to shop_1.1.0_1|smoke|p95")]
    public void BlueGreen_ChecksBeforeTheSwitchWhatCanBeReachedBeforeIt(FakeCapabilities capabilities, string steps)
    {
        var world = new World { Target = new FakeTarget("web", capabilities) };
        world.Deploy("1.0.0");
        world.Configure += pipeline => pipeline.Check(new ScriptedCheck("p95"), Moment.Shifted);

        Runbook plan = world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.1.0")));

        string.Join('|', plan.Steps.Select(step => step.Title)).Should().Be(steps);
    }

    [Test]
    public void BlueGreen_TargetLacksBoth_NamesBoth()
    {
        var world = new World { Target = new FakeTarget("web", FakeCapabilities.UpdateInPlace) };

        FluentActions.Invoking(() => world.Deploy("1.0.0")).Should().Throw<DeploymentValidationException>().Which.Errors.Should().HaveCount(2);
    }

    [Test]
    public void Build_OptionsOutOfRange_AllAreNamed()
    {
        Problems(pipeline => pipeline.UseRecreate(options => options.Reason = " ")).Should().Contain("Recreate needs a reason");
        Problems(pipeline => pipeline.UseBlueGreen(options => (options.Reason, options.RollbackWindow) = ("", TimeSpan.FromDays(31))))
            .Should().Contain("RollbackWindow is 31.00:00:00; it must be 0 to 30 days").And.Contain("Blue-green needs a reason");
        Problems(pipeline => pipeline.UseBlueGreen(options => options.RollbackWindow = TimeSpan.FromTicks(-1))).Should().Contain("RollbackWindow");
        FluentActions.Invoking(() => new World { Configure = pipeline => pipeline.UseBlueGreen(options => options.RollbackWindow = TimeSpan.FromDays(30)) }.Pipeline()).Should().NotThrow();
    }

    private static string Is(string revision, string state) => $"{Fact.OfRevision(new("shop", revision.Split('_')[1], 1))} {state}";

    private static string Problems(Action<DeploymentPipelineBuilder> configure) =>
        string.Join('\n', FluentActions.Invoking(() => new World { Configure = configure }.Pipeline()).Should().Throw<DeploymentValidationException>().Which.Errors);
}
