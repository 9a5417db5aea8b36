using Deployment.Flags;
using Deployment.Strategies;
using Deployment.Strategies.FeatureFlags;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>What is refused, when the pipeline is built and when it is planned.</summary>
[Category("Unit")]
public sealed class FeatureFlagRulesTests
{
    [Test]
    public void Build_OptionsAreWrong_AllAreNamed() => Errors(options =>
    {
        options.Flag = "";
        options.Store = null;
        options.Stages =
        [
            FlagStage.Percent(50),
            FlagStage.Percent(10),
            FlagStage.Percent(120),
            FlagStage.Users(),
            FlagStage.Groups("a\nb") with { BakeTime = TimeSpan.FromDays(8), Gate = new ManualGate { Role = "" }, Checks = false },
        ];
        options.BakeTime = TimeSpan.FromDays(-1);
        options.Reason = " ";
        options.Deploy = part => part.UseBlueGreen().UseCanary();
    }).Should().Equal(
        "The feature flag strategy needs the Flag's name: 1 to 120 characters on one line.",
        "The feature flag strategy needs the Store that the flag is kept in, such as a JsonFeatureFlagFile.",
        "The feature flag's stage of 10% comes after 50%; each share must be larger than the one before.",
        "The feature flag has a stage of 120%; a share is more than 0, up to 100.",
        "One of the feature flag's Stages is for nobody. Name a user or a group there, or give a share of more than 0%.",
        "The feature flag's stage for groups a\nb adds nobody: they have the flag already. Leave it out.",
        "The feature flag's last stage is for groups a\nb; it must be FlagStage.Everyone, so that all users get the feature.",
        "The feature flag's last stage leaves the checks out; a feature that everyone has is always checked. Leave Checks as it is there.",
        "A stage of the feature flag names a user or a group that can't be one: names are 1 to 120 characters on one line.",
        "The BakeTime of the feature flag's stage for groups a\nb is 8.00:00:00; it must be 0 to 7 days.",
        "The gate before the feature flag's stage for groups a\nb needs a role of 1 to 60 characters on one line, such as 'approver'.",
        "The feature flag's BakeTime is -1.00:00:00; it must be 0 to 7 days.",
        "The feature flag strategy needs a reason for the runbook; leave Reason as it is, or write one.",
        "The feature flag's Deploy: Choose exactly one strategy there, such as part => part.UseBlueGreen(), and say all else to the pipeline itself.");

    [TestCase("")]
    [TestCase("-flags")]
    [TestCase("flags.eu")]
    [TestCase("flags-of-the-shop-in-production")]
    public void Build_StoreHasNoName_IsRefused(string name) => Errors(options => options.Store = new FakeFeatureFlagStore(name, FlagWorld.Flag)).Should().Equal(
        "The feature flag's Store needs a name of 1 to 30 letters, digits or '-', beginning and ending with a letter or digit.");

    [Test]
    public void Build_StageOrInnerStrategyIsNull_IsRefused()
    {
        Errors(options => options.Stages = [FlagStage.Percent(10), null!, FlagStage.Everyone]).Should().Equal("One of the feature flag's Stages is null.");
        Errors(options => options.Deploy = null!).Should().Equal("The feature flag's Deploy is null. Choose a strategy there, such as part => part.UseBlueGreen().");
    }

    [TestCase("repeats", 2)]
    [TestCase("empty", 1)]
    [TestCase("inner", 1)]
    [TestCase("pipeline", 1)]
    public void Build_StagesOrInnerStrategyCannotBe_IsRefused(string what, int errors) => Errors(options =>
    {
        switch (what)
        {
            case "repeats":
                options.Stages = [FlagStage.Users("ada"), FlagStage.Users("ada"), FlagStage.Percent(10), FlagStage.Percent(10), FlagStage.Everyone];
                break;
            case "empty":
                options.Stages = [];
                break;
            case "inner":
                options.Deploy = part => part.UseBlueGreen(blueGreen => blueGreen.BakeTime = TimeSpan.FromDays(8));
                break;
            default:
                options.Deploy = part => part.UseBlueGreen().DeployTo(new FakeTarget("more"));
                break;
        }
    }).Should().HaveCount(errors);

    [Test]
    public void Plan_FlagDoesNotExist_IsRefused() => new FlagWorld(options => options.Flag = "chekout").World.Errors().Should().Equal(
        "There is no flag 'chekout' in flags. Create it there, closed, before the release that hides behind it is deployed; or mend the name.");

    [Test]
    public void Plan_FlagIsOpenForEveryone_IsRefused() => new FlagWorld(seed: flags => flags.Seed(FlagWorld.Flag, FlagAudience.Everyone)).World.Errors().Single()
        .Should().Contain("open for everyone already, so the release would not be deployed dark");

    [Test]
    public void Plan_StageWouldChangeNothing_IsRefused() => new FlagWorld(seed: flags => flags.Seed(FlagWorld.Flag, new FlagAudience { Percent = 25 }), configure: options => options.Stages = [FlagStage.Percent(10), FlagStage.Everyone])
        .World.Errors().Single().Should().Contain("open for 25% already, so the stage for 10% would change nothing");

    [Test]
    public void Build_ResourceIsCalledLikeATarget_IsRefused() => FluentActions.Invoking(() => new World { Configure = pipeline => pipeline.UseBlueGreen().UseResource(new FakeTarget("web")) }.Pipeline())
        .Should().Throw<DeploymentValidationException>().Which.Errors.Should().Equal("2 targets or resources are called 'web'. Give each its own name.");

    private static IEnumerable<string> Errors(Action<FeatureFlagOptions> configure) =>
        FluentActions.Invoking(() => new FlagWorld(configure).World.Pipeline()).Should().Throw<DeploymentValidationException>().Which.Errors;
}
