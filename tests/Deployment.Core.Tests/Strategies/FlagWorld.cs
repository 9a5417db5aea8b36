using Deployment.Flags;
using Deployment.Store;
using Deployment.Strategies.FeatureFlags;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>A world where 1.0.0 is live and 1.1.0 comes behind the flag <c>checkout</c>, which is closed.</summary>
internal sealed class FlagWorld
{
    internal const string Flag = "checkout";

    internal FlagWorld(Action<FeatureFlagOptions>? configure = null, Action<FakeFeatureFlagStore>? seed = null)
    {
        World = new World { Target = new FakeTarget("web") };
        World.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        seed?.Invoke(Flags);
        World.Configure = pipeline => pipeline.UseFeatureFlag(options =>
        {
            options.Flag = Flag;
            options.Store = Flags;
            options.Stages = [FlagStage.Users("ada"), FlagStage.Groups("internal"), FlagStage.Percent(10), FlagStage.Everyone];
            configure?.Invoke(options);
        });
        World.Record();
        Flags.After = (_, text, _) =>
        {
            World.Transcript.Add("    > " + text);
            return Task.CompletedTask;
        };
    }

    internal World World { get; }

    internal FakeFeatureFlagStore Flags { get; } = new("flags", Flag);

    internal DeploymentResult Deploy(string version = "1.1.0") => World.Deploy(version);

    internal DeploymentResult RollBack(string? version = null)
    {
        DeploymentResult result = World.Time.Run(() => World.Pipeline().RollBackAsync(version));
        World.Time.Clock.Advance(TimeSpan.FromMinutes(1));
        return result;
    }

    internal void IsAsBefore(string why)
    {
        Flags.Audience(Flag).ToString().Should().Be("nobody", why);
        World.IsAsBefore(why);
        World.Store.ListClaimsAsync(default).Result.Should().BeEmpty(why);
    }
}
