using Deployment.Flags;
using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies;
using Deployment.Strategies.FeatureFlags;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>A release that is deployed dark and opened in stages.</summary>
[Category("Unit")]
public sealed class FeatureFlagTests
{
    [Test]
    public void Transcript_OpenedInStages()
    {
        var world = new FlagWorld(options => options.BakeTime = TimeSpan.FromMinutes(1));
        world.World.Watch();

        world.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        Approved.Verify("feature-flag", string.Join('\n', world.World.Transcript));
    }

    [Test]
    public void Runbook_SaysWhatAPersonTypes()
    {
        var world = new FlagWorld();
        world.World.Watch();

        Approved.Verify("feature-flag-runbook", world.World.Plan().ToMarkdown());
    }

    [Test]
    public void Deploy_OpensAfterTheReleaseStands_AndWidensOnly()
    {
        var world = new FlagWorld();
        List<string> traffic = [];
        world.Flags.Before = (_, _, _) =>
        {
            traffic.Add(world.World.Target.Now.Traffic.ToString());
            return Task.CompletedTask;
        };

        world.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        traffic.Should().OnlyContain(split => split == CanaryWorld.New).And.HaveCount(4);
        world.Flags.Transcript.Should().Equal(
            "checkout: users ada",
            "checkout: users ada; groups internal",
            "checkout: users ada; groups internal; 10%",
            "checkout: everyone");
    }

    [Test]
    public void Checks_AtEachStage_CompareUsersWithTheFlagToUsersWithout()
    {
        var world = new FlagWorld();
        ScriptedCheck check = world.World.Watch();

        world.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        check.Evaluations.Select(subject => subject.Cohort).Should().Equal(
            null,
            new FlagCohort("checkout", "users ada"),
            new FlagCohort("checkout", "users ada; groups internal"),
            new FlagCohort("checkout", "users ada; groups internal; 10%"),
            new FlagCohort("checkout", "everyone"));
        check.Evaluations.Should().OnlyContain(subject => subject.Candidate.ToString() == "shop_1.1.0_1");
        check.Evaluations[1].Baseline.Should().BeNull("both groups of users are the candidate's");
    }

    [Test]
    public void Stage_WithGateAndWithoutChecks_AsksAndIsNotJudged()
    {
        var world = new FlagWorld(options => options.Stages =
        [
            FlagStage.Groups("internal") with { Checks = false, BakeTime = TimeSpan.FromHours(2) },
            FlagStage.Everyone with { Gate = new ManualGate { Role = "product owner" } },
        ]);
        ScriptedCheck check = world.World.Watch();

        DeploymentResult result = world.World.During((TimeSpan.FromHours(5), (pipeline, run) =>
        {
            world.Flags.Audience(FlagWorld.Flag).ToString().Should().Be("groups internal", "a person has yet to decide");
            return pipeline.SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
        }));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        check.Evaluations.Select(subject => subject.Cohort?.Stage).Should().Equal(null, "everyone");
    }

    [Test]
    public void Complete_StandsAfterTheLastStage()
    {
        var world = new FlagWorld();
        string? then = null;
        world.World.Configure += pipeline => pipeline.Step("announce", Moment.Complete, step => step.Run((_, _) =>
        {
            then = world.Flags.Audience(FlagWorld.Flag).ToString();
            return Task.CompletedTask;
        }).MayBeRepeated().NothingToUndo());

        world.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        then.Should().Be("everyone");
    }

    [Test]
    public void Deploy_AnotherInnerStrategy_IsFollowed()
    {
        var world = new FlagWorld(options => options.Deploy = part => part.UseCanary(canary => canary.Steps = [50, 100]));

        world.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.World.Shares().Should().Equal(50, 100);
        world.Flags.Audience(FlagWorld.Flag).IsEveryone.Should().BeTrue();
    }

    [Test]
    public void Deploy_SameReleaseIsLive_OpensTheFlagWithoutADeployment()
    {
        var world = new FlagWorld();
        int effects = world.World.Target.Transcript.Count;

        DeploymentResult result = world.Deploy("1.0.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        world.World.Target.Transcript.Should().HaveCount(effects);
        world.Flags.Audience(FlagWorld.Flag).IsEveryone.Should().BeTrue();
        world.World.RunOf("1.0.0")!.Targets.Should().Equal(
            new RunTarget("web", new("shop", "1.0.0", 1), new("shop", "1.0.0", 1)),
            new RunTarget("flags.checkout"));
    }

    [Test]
    public void Plan_SameReleaseIsLive_SaysSoAndRestsOnIt()
    {
        Runbook plan = new FlagWorld().World.Plan("1.0.0");

        plan.StrategyReason.Should().EndWith("Where the release takes the traffic already nothing is deployed.");
        plan.Basis.Select(fact => $"{fact.Target} {fact.Name} {fact.Value}").Should().Contain(["web traffic shop_1.0.0_1=100", "web revision:shop_1.0.0_1 present"], "only that release is ready for the feature");
    }

    [Test]
    public void Deploy_SameVersionWithOtherSettings_IsDeployed()
    {
        var world = new FlagWorld();

        world.World.Time.Run(() => world.World.Pipeline().DeployAsync(World.Version("1.0.0").WithSetting("A", "1"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.World.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_2=100");
    }

    [Test]
    public void RollBack_FlagIsOpen_ClosesItWithoutADeployment_AndThenGoesFurtherBack()
    {
        var world = new FlagWorld();
        world.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        int effects = world.World.Target.Transcript.Count;

        world.RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Flags.Audience(FlagWorld.Flag).IsNobody.Should().BeTrue();
        world.World.Target.Transcript.Should().HaveCount(effects, "closing a flag is no deployment");
        world.World.Target.Now.Traffic.ToString().Should().Be(CanaryWorld.New);

        world.RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.World.Target.Now.Traffic.ToString().Should().Be(CanaryWorld.Old);
        world.World.Target.Transcript.Skip(effects).Should().Equal("route shop_1.0.0_1=100");
    }

    [Test]
    public void RollBack_ToANamedVersion_ClosesTheFlagFirst()
    {
        var world = new FlagWorld();
        world.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.World.Transcript.Clear();

        world.RollBack("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.World.Transcript.Where(line => line.StartsWith("    >", StringComparison.Ordinal)).Should().Equal("    > checkout: nobody", "    > route shop_1.0.0_1=100");
    }

    [Test]
    public void RollBack_FlagIsGone_BringsTheOldReleaseAllTheSame()
    {
        var world = new FlagWorld();
        world.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Flags.Delete(FlagWorld.Flag);

        DeploymentResult result = world.RollBack();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        result.Runbook.StrategyReason.Should().Contain("There is no flag checkout any more");
        world.World.Target.Now.Traffic.ToString().Should().Be(CanaryWorld.Old);
    }

    [Test]
    public void Deploy_AnotherRunHasTheFlag_IsRefused()
    {
        var world = new FlagWorld();
        TargetClaimedException? refused = null;

        DeploymentResult result = world.World.During((TimeSpan.FromMinutes(2), async (_, _) =>
        {
            DeploymentPipeline other = DeploymentPipeline.Create("admin").DeployTo(new FakeTarget("admin")).UseStore(world.World.Store).UseTimeProvider(world.World.Time.Clock)
                .UseFeatureFlag(options => (options.Flag, options.Store) = (FlagWorld.Flag, world.Flags)).Build();
            refused = (await FluentActions.Awaiting(() => other.DeployAsync(Deployment.Releases.Release.Of("admin", "1.0.0", Deployment.Releases.Artifact.Process("admin")))).Should().ThrowAsync<TargetClaimedException>()).Which;
        }));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        refused!.Message.Should().Contain("flags.checkout");
    }

    [Test]
    public void Execute_FlagMovedSinceThePlan_IsStale()
    {
        var world = new FlagWorld();
        Runbook plan = world.World.Plan();
        world.Flags.Seed(FlagWorld.Flag, new FlagAudience { Users = ["eve"] });

        FluentActions.Invoking(() => world.World.Time.Run(() => world.World.Pipeline().ExecuteAsync(plan))).Should().Throw<StalePlanException>().WithMessage("*flag:checkout*");

        world.World.Target.Now.Traffic.ToString().Should().Be(CanaryWorld.Old);
    }

    [Test]
    public void Deploy_SomebodyChangesTheFlagBetweenStages_GoesBackToBeforeTheRun()
    {
        var world = new FlagWorld();
        world.Flags.Before = (number, _, _) =>
        {
            if (number == 3)
            {
                world.Flags.Seed(FlagWorld.Flag, new FlagAudience { Users = ["eve"] });
            }

            return Task.CompletedTask;
        };

        DeploymentResult result = world.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("Somebody else changed checkout");
        world.IsAsBefore("somebody else changed it");
    }

    [Test]
    public void Deploy_FlagIsOpenForSome_KeepsThemAndGoesBackToThem()
    {
        var world = new FlagWorld(seed: flags => flags.Seed(FlagWorld.Flag, new FlagAudience { Users = ["eve"] }));
        world.World.Watch(look => look == 3 ? Verdict.Fail("12%") : Verdict.Pass("fine"));

        world.Deploy().Outcome.Should().Be(DeploymentOutcome.RolledBack);

        world.Flags.Transcript.Should().Equal("checkout: users eve, ada", "checkout: users eve, ada; groups internal", "checkout: users eve");
    }

    [Test]
    public void Deploy_SeveralTargets_OpensTheFlagOnceWhenAllHaveTheRelease()
    {
        var web2 = new FakeTarget("web-2");
        var world = new FlagWorld();
        world.World.Configure += pipeline => pipeline.DeployTo(web2);
        List<string> traffic = [];
        world.Flags.Before = (_, _, _) =>
        {
            traffic.Add($"{world.World.Target.Now.Traffic} {web2.Now.Traffic}");
            return Task.CompletedTask;
        };
        ScriptedCheck check = world.World.Watch();

        world.Deploy().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        traffic.Should().HaveCount(4).And.OnlyContain(split => split == $"{CanaryWorld.New} {CanaryWorld.New}");
        check.Evaluations.Where(subject => subject.Cohort is not null).Select(subject => subject.Target).Should().HaveCount(8).And.Contain(["web", "web-2"]);
    }
}
