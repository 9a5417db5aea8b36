using Deployment.Store;
using Deployment.Strategies.Rolling;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>A world where 1.0.0 is live in all slots and 1.1.0 comes in batches, with a check of its own after each.</summary>
internal static class RollingWorld
{
    internal static World Live(int instances, Action<RollingOptions>? configure = null)
    {
        World world = Empty(instances, configure);
        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Entries.Clear();
        world.Record();
        return world;
    }

    internal static World Empty(int instances, Action<RollingOptions>? configure = null) => new()
    {
        Target = new FakeTarget("web", FakeCapabilities.ReplaceInstances) { Instances = instances },
        Configure = pipeline => pipeline.UseRolling(configure ?? (_ => { })),
    };

    internal static void OneByOne(RollingOptions rolling)
    {
        rolling.MaxUnavailable = 1;
        rolling.MaxSurge = 0;
    }

    internal static void OnlyBesides(RollingOptions rolling)
    {
        rolling.MaxUnavailable = 0;
        rolling.MaxSurge = 1;
        rolling.PauseBetween = TimeSpan.FromMinutes(2);
    }

    /// <summary>The effects since 1.0.0 was live.</summary>
    internal static string[] Effects(this World world) => [.. world.Target.Transcript.Skip(1)];

    /// <summary>The capacities since 1.0.0 was live, with that.</summary>
    internal static int[] Capacities(this World world) => [.. world.Target.Capacities.SkipWhile(capacity => capacity == 0)];

    internal static void IsWhollyOld(this World world, string why)
    {
        world.Target.Now.Slots.Names.Should().Equal(world.Target.Slots, why);
        world.Target.Now.Revisions.Select(revision => $"{revision.Id}").Should().Equal(["shop_1.0.0_1"], why);
        world.Target.Now.Traffic.ToString().Should().Be(CanaryWorld.Old, why);
    }
}
