using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Tests.Execution;

namespace Deployment.Tests;

/// <summary>Each wrong input gets one clear error that names what was wrong and how to mend it, and changes nothing.</summary>
[Category("Unit")]
public sealed class BadInputTests
{
    [TestCase("1.0")]
    [TestCase("v1.0.0")]
    [TestCase("1.0.0.0")]
    [TestCase("01.0.0")]
    [TestCase("1.0.0-01")]
    [TestCase("1.0.0\n")]
    [TestCase("1.0.0+")]
    [TestCase("latest")]
    [TestCase("")]
    public void Version_NotSemantic_IsRefused(string version) =>
        FluentActions.Invoking(() => Release.Of("shop", version, Artifact.Process("shop"))).Should().Throw<DeploymentException>().WithMessage("*is not a semantic version. Write MAJOR.MINOR.PATCH*");

    [TestCase("1.0.0")]
    [TestCase("0.0.4-alpha.0valid")]
    [TestCase("1.0.0-rc.1+build.123")]
    [TestCase("99999999999999999999999.999999999999999999.99999999999999999")]
    public void Version_Semantic_IsTaken(string version) => Release.Of("shop", version, Artifact.Process("shop")).Version.Should().Be(version);

    [TestCase("..")]
    [TestCase("a..b")]
    [TestCase("../etc")]
    [TestCase("a/b")]
    [TestCase("a\\b")]
    [TestCase("a\nb")]
    [TestCase("a\u0001b")]
    [TestCase("a\u202eb")]
    [TestCase("-a")]
    [TestCase("a_b")]
    [TestCase(" ")]
    [TestCase("")]
    [TestCase("0123456789012345678901234567890123456789012345678901234567890123")]
    public void Name_ThatCouldLeadElsewhere_IsRefusedEverywhere(string name)
    {
        FluentActions.Invoking(() => Release.Of(name, "1.0.0", Artifact.Process("shop"))).Should().Throw<DeploymentException>().WithMessage("The application name *");
        FluentActions.Invoking(() => new FakeTarget(name)).Should().Throw<DeploymentException>().WithMessage("The target name *");
        FluentActions.Invoking(() => DeploymentPipeline.Create(name).DeployTo(new FakeTarget()).UseBlueGreen().Build()).Should().Throw<DeploymentValidationException>().WithMessage("*The pipeline name *");
        FluentActions.Invoking(() => DeploymentPipeline.Create("shop").InEnvironment(name).DeployTo(new FakeTarget()).UseBlueGreen().Build()).Should().Throw<DeploymentValidationException>().WithMessage("*The environment name *");
        FluentActions.Invoking(() => new World().Time.Run(() => new World().Pipeline().ResumeAsync(name))).Should().Throw<DeploymentException>().WithMessage("The run name *");
    }

    [Test]
    public void Message_OfHostileText_StaysOnOneLine() =>
        FluentActions.Invoking(() => new FakeTarget("a\nFAKE LOG LINE\u001b[31m")).Should().Throw<DeploymentException>().Which.Message.Should().NotContainAny("\n", "\u001b");

    [Test]
    public void Build_EverythingWrong_ReportsAllTogether()
    {
        var error = FluentActions.Invoking(() => DeploymentPipeline.Create("")
            .InEnvironment("a/b")
            .UseBlueGreen(options => options.RollbackWindow = TimeSpan.FromDays(31))
            .UseRecreate()
            .DeployTo(new FakeTarget("web"))
            .DeployTo(new FakeTarget("web"))
            .DeployTo(new FakeTarget("pipeline"))
            .RequireHealthy(_ => { })
            .SmokeTest("smoke\n", smoke => smoke.Http("/"))
            .Step("nothing", Moment.Start, _ => { })
            .Step("twice", Moment.Start, step => step.Run((_, _) => Task.CompletedTask).NothingToUndo())
            .Step("twice", Moment.Start, step => step.Run((_, _) => Task.CompletedTask).NothingToUndo())
            .RequireApproval(role: "")
            .ConfigureEngine(engine => engine.LeaseTerm = TimeSpan.Zero)
            .Build()).Should().Throw<DeploymentValidationException>().Which;

        Approved.Verify("everything-wrong", error.Message);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(31 * 24)]
    public void RequireApproval_TimeOutThatCannotBe_IsReportedWithTheRole(int hours) =>
        FluentActions.Invoking(() => DeploymentPipeline.Create("shop").DeployTo(new FakeTarget()).UseBlueGreen()
            .RequireApproval(role: " ", timeout: TimeSpan.FromHours(hours)).Build()).Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal(
                "A role needs a text of 1 to 120 characters.",
                $"RequireApproval has the time-out {TimeSpan.FromHours(hours)}; it must be more than 0 and at most 30 days, or null for ever.");

    [Test]
    public void Plan_AnotherStoreDeploysThere_IsRefusedBeforeAnythingIsChanged()
    {
        var world = new World();
        world.Deploy("1.0.0");
        int before = world.Target.Transcript.Count;
        world.Target.Epochs = new Dictionary<string, long> { ["shop"] = 8, ["other"] = 900 };

        FluentActions.Invoking(() => world.Deploy("2.0.0")).Should().Throw<DeploymentException>()
            .WithMessage("A run with epoch 8 acted on web for shop, and this run has *; nothing was changed.*somebody deploys shop there with another store*");

        world.Target.Transcript.Should().HaveCount(before);
        world.RunOf("2.0.0")!.Outcome.Should().Be(DeploymentOutcome.Rejected);

        world.Target.Epochs = new Dictionary<string, long> { ["shop"] = 1, ["other"] = 900 };
        world.Deploy("2.0.1").Outcome.Should().Be(DeploymentOutcome.Succeeded, "an older epoch is this store's own");
    }

    [Test]
    public void Plan_TargetLacksACapability_IsRefusedAndNamesAll()
    {
        var world = new World { Target = new FakeTarget("web", FakeCapabilities.UpdateInPlace) };

        FluentActions.Invoking(() => world.Deploy("1.0.0")).Should().Throw<DeploymentValidationException>()
            .WithMessage("*'blue-green' needs a target that can host several revisions side by side (IHostRevisions), and 'web' can't*split traffic between revisions (ISplitTraffic)*");
        world.Runs().Should().BeEmpty();
    }

    [Test]
    public void Plan_TargetHasProblems_IsRefusedWithAllOfThem()
    {
        var world = new World();
        world.Target.Problems = ["Port 8080 is in use by another program. Stop it, or take another port.", "The disk is full. Make room."];

        FluentActions.Invoking(() => world.Deploy("1.0.0")).Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal(world.Target.Problems);
        world.Target.Transcript.Should().BeEmpty();
    }

    [Test]
    public void Plan_StrategyPassesNoMomentForACheck_IsRefused()
    {
        var world = new World { Configure = pipeline => pipeline.UseStrategy(new PlanStrategy((_, runbook) => runbook.Wait("Wait", TimeSpan.FromMinutes(1), "To see."))) };

        FluentActions.Invoking(() => world.Deploy("1.0.0")).Should().Throw<DeploymentValidationException>()
            .WithMessage("*'planned-by-test' has no place for 'health'*");
    }

    [Test]
    public void Resume_DamagedJournal_IsRefused()
    {
        // The file store's own damage is tested with it; here a store that hands out what doesn't chain.
        var world = new World();
        world.Deploy("1.0.0");
        RunRecord run = world.RunOf("1.0.0")!;

        FluentActions.Invoking(() => world.Time.Run(async () =>
        {
            var pipeline = DeploymentPipeline.Create("shop").DeployTo(world.Target).UseBlueGreen().UseStore(new SkippingStore(world.Store)).UseTimeProvider(world.Time.Clock).Build();
            return await pipeline.ReadLogAsync(run.Id);
        })).Should().Throw<JournalDamagedException>().WithMessage($"The journal of run {run.Id} is damaged*");
    }

    [Test]
    public void Settings_HostileNames_AreRefused()
    {
        Release release = World.Version("1.0.0");
        foreach (string name in new[] { "", "A=B", "A\nB", "A\0B" })
        {
            FluentActions.Invoking(() => release.WithSetting(name, "x")).Should().Throw<DeploymentException>();
        }

        FluentActions.Invoking(() => Artifact.Process("a\0b")).Should().Throw<DeploymentException>();
        FluentActions.Invoking(() => Artifact.Process()).Should().Throw<DeploymentException>();
    }
}
