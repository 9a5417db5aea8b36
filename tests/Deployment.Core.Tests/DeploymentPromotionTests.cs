using Deployment.Environments;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Tests.Environments;

namespace Deployment.Tests;

[Category("Unit")]
public sealed class DeploymentPromotionTests
{
    private static readonly Release Version = Stages.Version("1.0.0", 'a');

    [Test]
    public void PromoteAsync_AllIsWell_ComesToEachEnvironmentInTurn_AndOnce()
    {
        var stages = new Stages();
        DeploymentPromotion promotion = Promotion(stages);

        Promote(stages, promotion, "staging").Select(result => result.Runbook.Environment).Should().Equal("development", "staging");
        Promote(stages, promotion, "production").Select(result => result.Runbook.Environment).Should().Equal("production");
        Promote(stages, promotion, "production").Should().BeEmpty();
    }

    [Test]
    public void PromoteAsync_StagingFails_StopsThere()
    {
        var stages = new Stages { Performance = environment => environment == "staging" ? Verdict.Fail("slow") : Verdict.Pass("fast") };

        Promote(stages, Promotion(stages), "production").Select(result => result.Outcome).Should().Equal(DeploymentOutcome.Succeeded, DeploymentOutcome.RolledBack);

        stages.Targets["production"].Transcript.Should().BeEmpty();
    }

    [Test]
    public void PromoteAsync_ReleaseLacksWhatProductionAsks_ChangesNothing()
    {
        var stages = new Stages();
        Release release = Release.Of("shop", "1.0.0", Artifact.Process("shop"));

        FluentActions.Invoking(() => stages.Time.Run(() => Promotion(stages).PromoteAsync(release, "production")))
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().HaveCount(3);
        FluentActions.Invoking(() => stages.Time.Run(() => Promotion(stages).PromoteAsync(environment => Stages.Version("1.0.0", environment[0] == 'd' ? 'a' : 'b'), "staging")))
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().ContainSingle().Which.Should().StartWith("The release for staging has other artifacts");
        stages.Runs().Should().BeEmpty();
    }

    [Test]
    public void PromoteAsync_SettingsDiffer_ComesToEachWithItsOwn()
    {
        var stages = new Stages();

        IReadOnlyList<DeploymentResult> results = stages.Time.Run(() => Promotion(stages).PromoteAsync(environment => Version.WithSetting("STAGE", environment), "staging"));

        results.Select(result => result.Release!.Settings["STAGE"]).Should().Equal("development", "staging");
    }

    [Test]
    public void PromoteAsync_ToNowhere_IsRefused()
    {
        var stages = new Stages();

        FluentActions.Invoking(() => stages.Time.Run(() => Promotion(stages).PromoteAsync(Version, "moon"))).Should().Throw<DeploymentException>().WithMessage("*moon*development, staging, production*");
    }

    [Test]
    public void Through_AnEnvironmentIsSkipped_IsOneErrorWithAll()
    {
        var stages = new Stages();
        var other = new Stages { Production = EnvironmentPolicy.Development };

        FluentActions.Invoking(() => DeploymentPromotion.Through(Own(stages, "development"), Own(stages, "production")))
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().HaveCount(2)
            .And.Contain(error => error.StartsWith("production comes after staging, which doesn't stand before it", StringComparison.Ordinal))
            .And.Contain(error => error.Contains("a release could skip development", StringComparison.Ordinal));
        FluentActions.Invoking(() => DeploymentPromotion.Through(Own(stages, "development"), Own(stages, "development"), Own(other, "production")))
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().HaveCount(4)
            .And.Contain(error => error.Contains("has another store", StringComparison.Ordinal))
            .And.Contain(error => error.StartsWith("Two pipelines deploy to development", StringComparison.Ordinal));
        FluentActions.Invoking(() => DeploymentPromotion.Through(Own(stages, "development"))).Should().Throw<DeploymentValidationException>();
    }

    // One process: the store as each pipeline reaches it is the same object then.
    private static DeploymentPromotion Promotion(Stages stages) =>
        DeploymentPromotion.Through([.. Stages.Names.Select(name => Own(stages, name))]);

    private static DeploymentPipeline Own(Stages stages, string environment) => stages.Pipeline(environment, more: builder => builder.UseStore(stages.Store));

    private static IReadOnlyList<DeploymentResult> Promote(Stages stages, DeploymentPromotion promotion, string to) =>
        stages.Time.Run(() => promotion.PromoteAsync(Version, to));
}
