using Deployment.Environments;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Environments;

/// <summary>What may come to an environment, by what became of it before.</summary>
[Category("Unit")]
public sealed class PromotionRulesTests
{
    [Test]
    public void Deploy_PassedAllBefore_ComesToProduction()
    {
        var stages = new Stages();
        Release release = Stages.Version("1.0.0", 'a');

        foreach (string environment in Stages.Names)
        {
            stages.Passes(environment, release);
            stages.Live(environment).Should().Be("shop_1.0.0_1=100");
        }
    }

    [Test]
    public void Deploy_SkipsStaging_IsRefusedAtPlanning()
    {
        var stages = new Stages();
        Release release = Stages.Version("1.0.0", 'a');
        stages.Passes("development", release);

        stages.Refusals("production", release).Should().Equal(
            $"shop 1.0.0 (digest {release.Digest[..12]}) has not passed staging, and production takes only what has. Deploy it to staging first. In an emergency bring it as a hotfix, with the reason: PlanAsync(release, RunOverrides.Hotfix(\"…\")).");
    }

    [Test]
    public void Deploy_SeveralThingsWrong_AreRefusedTogether()
    {
        var stages = new Stages();

        stages.Refusals("production", Release.Of("shop", "1.0.0", Artifact.Process("shop"))).Should().HaveCount(2)
            .And.Contain(error => error.Contains("takes only tagged releases", StringComparison.Ordinal))
            .And.Contain(error => error.Contains("nothing says what is in the artifact", StringComparison.Ordinal) && error.Contains("sha256", StringComparison.Ordinal));
        stages.Refusals("production", Stages.Version("1.0.0", 'a') with { Tag = null }).Should().HaveCount(2);
        Release mistyped = Release.Of("shop", "1.0.0", Artifact.Process("shop", "{port}").From("/builds/shop.zip", new string('x', 64))) with { Tag = "v1.0.0" };
        stages.Refusals("production", mistyped).Should().ContainSingle().Which.Should().StartWith($"'{new string('x', 64)}' is no SHA-256");
    }

    [Test]
    public void Deploy_SameVersionWithOtherArtifacts_IsRefusedWithTheRunThatPassed()
    {
        var stages = new Stages();
        stages.Passes("development", Stages.Version("1.0.0", 'a'));
        stages.Passes("staging", Stages.Version("1.0.0", 'a'));
        string passed = stages.Runs()[^1].Id;

        stages.Refusals("production", Stages.Version("1.0.0", 'b')).Should().ContainSingle()
            .Which.Should().Contain($"passed there with other artifacts (digest {Stages.Version("1.0.0", 'a').Digest[..12]}, run {passed})");
    }

    [Test]
    public void Deploy_SameArtifactsAsAnotherVersion_ComesToProduction()
    {
        var stages = new Stages();
        stages.Passes("development", Stages.Version("1.0.0-rc.1", 'a', "v1.0.0-rc.1"));
        stages.Passes("staging", Stages.Version("1.0.0-rc.1", 'a', "v1.0.0-rc.1"));

        stages.Passes("production", Stages.Version("1.0.0", 'a').WithSetting("REGION", "eu"));
    }

    [Test]
    public void Deploy_FailedInStaging_IsRefusedInProductionWithThatRun()
    {
        var stages = new Stages { Performance = environment => environment == "staging" ? Verdict.Fail("slow") : Verdict.Pass("fast") };
        Release release = Stages.Version("1.0.0", 'a');
        stages.Passes("development", release);
        DeploymentResult staged = stages.Deploy("staging", release);
        staged.Outcome.Should().Be(DeploymentOutcome.RolledBack);

        stages.Refusals("production", release).Should().ContainSingle().Which.Should().Contain($"its last run {staged.RunId} ended as RolledBack");
    }

    [Test]
    public void Deploy_GoneBackFromInStagingSince_IsRefusedInProduction()
    {
        var stages = new Stages();
        Release old = Stages.Version("1.0.0", 'a'), release = Stages.Version("1.1.0", 'b');
        foreach (string environment in new[] { "development", "staging" })
        {
            stages.Passes(environment, old);
            stages.Passes(environment, release);
        }

        stages.RollBack("staging").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        stages.Refusals("production", release).Should().ContainSingle().Which.Should().Contain("(RollBack)");
        stages.Passes("production", old);
    }

    [Test]
    public void Deploy_CameToStagingAsHotfix_HasNotPassedIt()
    {
        var stages = new Stages();
        Release release = Stages.Version("1.0.0", 'a');
        stages.Deploy("staging", release, RunOverrides.Hotfix("the till is down")).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        stages.Refusals("production", release).Should().ContainSingle().Which.Should().Contain("as a hotfix, with checks left out");
    }

    [Test]
    public void Deploy_RolledBackBefore_IsRefusedByDigestUntilOverridden()
    {
        bool isSlow = true;
        var stages = new Stages { Performance = _ => isSlow ? Verdict.Fail("slow") : Verdict.Pass("fast") };
        Release release = Stages.Version("1.0.0", 'a');
        DeploymentResult failed = stages.Deploy("development", release);
        failed.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        isSlow = false;

        string refused = stages.Refusals("development", release).Should().ContainSingle().Subject;
        refused.Should().Contain(failed.RunId).And.Contain(release.Digest[..12]).And.Contain("was rolled back in development").And.Contain("AllowRolledBack");
        stages.Refusals("development", Stages.Version("1.0.1", 'a')).Should().ContainSingle("it is the same bits under another name");

        DeploymentResult again = stages.Deploy("development", release, RunOverrides.AllowRolledBack("the disk was slow"));
        again.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        again.Runbook.RolledBack.Should().Be(new RolledBackNote("the disk was slow", failed.RunId));
        again.Runbook.ToMarkdown().Should().Contain("rolled back before").And.Contain("the disk was slow").And.Contain(failed.RunId);
        again.Runbook.ToJson().Should().Contain("the disk was slow");
        again.Log.Entries[1].ToString().Should().Contain($"Overridden: The release was rolled back by run {failed.RunId}. It comes again, because: the disk was slow");
        again.Log.ToMarkdown().Should().Contain("the disk was slow");
        stages.Log.Lines.Should().Contain(line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("the disk was slow", StringComparison.Ordinal));

        stages.Deploy("development", release).Runbook.RolledBack.Should().BeNull("it succeeded since");
    }

    [Test]
    public void Deploy_GoneBackFrom_IsRefused_AndGoingBackToItIsNot()
    {
        var stages = new Stages();
        stages.Passes("development", Stages.Version("1.0.0", 'a'));
        stages.Passes("development", Stages.Version("1.1.0", 'b'));
        DeploymentResult back = stages.RollBack("development");

        stages.Refusals("development", Stages.Version("1.1.0", 'b')).Should().ContainSingle().Which.Should().Contain(back.RunId);
        stages.RollBack("development", "1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        stages.Passes("development", Stages.Version("1.1.0", 'b'));
    }

    [Test]
    public void Deploy_RejectedBefore_IsNotRefused()
    {
        var stages = new Stages();
        DeploymentPipeline pipeline = stages.Pipeline("development", more: builder => builder.RequireApproval(timeout: TimeSpan.FromMinutes(1)));
        stages.Time.Run(() => pipeline.DeployAsync(Stages.Version("1.0.0", 'a'))).Outcome.Should().Be(DeploymentOutcome.Rejected);

        stages.Passes("development", Stages.Version("1.0.0", 'a'));
    }

    [Test]
    public void Execute_PlannedBeforeItWasRolledBack_IsRefused()
    {
        var stages = new Stages { Performance = _ => Verdict.Fail("slow") };
        Release release = Stages.Version("1.0.0", 'a');
        Runbook plan = stages.Plan("development", release);
        DeploymentResult Execute(Runbook runbook)
        {
            DeploymentResult result = stages.Time.Run(() => stages.Pipeline("development").ExecuteAsync(runbook));
            stages.Time.Clock.Advance(TimeSpan.FromMinutes(1));
            return result;
        }

        Execute(plan).Outcome.Should().Be(DeploymentOutcome.RolledBack);
        FluentActions.Invoking(() => Execute(plan)).Should().Throw<DeploymentValidationException>().Which.Errors.Should().ContainSingle().Which.Should().Contain("was rolled back");

        Runbook allowed = stages.Plan("development", release, RunOverrides.AllowRolledBack("once more"));
        Execute(allowed).Outcome.Should().Be(DeploymentOutcome.RolledBack);
        FluentActions.Invoking(() => Execute(allowed)).Should().Throw<DeploymentValidationException>("what it overrides is another run than the last one");
    }

    [Test]
    public void Execute_OfAPipelineWithoutThePolicy_IsRefused()
    {
        var stages = new Stages();
        EnvironmentPolicy policy = stages.Production;
        stages.Production = EnvironmentPolicy.Development;
        Runbook plan = stages.Plan("production", Stages.Version("1.0.0", 'a'));
        stages.Production = policy;

        FluentActions.Invoking(() => stages.Time.Run(() => stages.Pipeline("production").ExecuteAsync(plan)))
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().ContainSingle().Which.Should().StartWith("The policy of production is another one");
    }

    /// <summary>A process that dies while it goes back leaves no way around: whoever comes next meets the run, or what it ended as.</summary>
    [Test]
    public void Deploy_ProcessDiedGoingBack_IsNeverDeployedAgainWithoutAnOverride()
    {
        int died = 0;
        for (int point = 1; ; point++)
        {
            var stages = new Stages { Performance = _ => Verdict.Fail("slow") };
            Release release = Stages.Version("1.0.0", 'a');
            var process = new SimulatedProcess(point);
            try
            {
                stages.Time.Run(() => stages.Pipeline("development", process).DeployAsync(release));
            }
            catch (SimulatedCrashException)
            {
            }

            if (process.Death is null)
            {
                break;
            }

            if (stages.Runs().SingleOrDefault() is not { } run
                || stages.Time.Run(() => stages.Pipeline("development").ReadLogAsync(run.Id)).Entries.All(entry => entry.Kind != JournalEntryKind.RollbackStarted))
            {
                continue;
            }

            died++;
            FluentActions.Invoking(() => stages.Deploy("development", release)).Should().Throw<DeploymentException>($"died {process.Death}");
            stages.Time.Run(() => stages.Pipeline("development").ResumeAsync(run.Id)).Outcome.Should().Be(DeploymentOutcome.RolledBack);
            stages.Refusals("development", release).Should().ContainSingle().Which.Should().Contain(run.Id);
        }

        died.Should().BeGreaterThan(8);
    }

    [Test]
    public void Plan_Again_HasTheSameHash()
    {
        var stages = new Stages();
        Release release = Stages.Version("1.0.0", 'a');
        Runbook plan = stages.Plan("production", release, RunOverrides.Hotfix("the till is down"));
        stages.Time.Clock.Advance(TimeSpan.FromHours(30));

        stages.Plan("production", release, RunOverrides.Hotfix("the till is down")).Hash.Should().Be(plan.Hash);
        stages.Plan("production", release, RunOverrides.Hotfix("another reason")).Hash.Should().NotBe(plan.Hash);
        Runbook.FromJson(plan.ToJson()).Hotfix!.LeftOut.Should().Equal(plan.Hotfix!.LeftOut);
    }
}
