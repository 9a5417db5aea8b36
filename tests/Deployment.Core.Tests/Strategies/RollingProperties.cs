using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Tests.Execution;
using FsCheck;
using FsCheck.Fluent;

namespace Deployment.Tests.Strategies;

/// <summary>Any number of instances, any options that can be.</summary>
[Category("Unit")]
public sealed class RollingProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(40);

    [Test]
    public void AnyOptions_CapacityIsAsPromisedAndEachSlotIsReplacedOnce() => Prop.ForAll<int, int, int[]>((instances, unavailable, rest) =>
    {
        Sizes sizes = Sizes.Of(instances, unavailable, rest);
        World world = sizes.World();

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        sizes.Hold(world);
        string[] replaced = [.. world.Effects().Where(effect => effect.StartsWith("replace ", StringComparison.Ordinal)).SelectMany(effect => effect.Split(' ')[1].Split('+'))];
        replaced.Should().OnlyHaveUniqueItems();
        replaced.Should().Contain(world.Target.Slots);
        world.Target.Now.Slots.Names.Should().Equal(world.Target.Slots);
        world.Target.Now.Traffic.ToString().Should().Be(CanaryWorld.New);
    }).Check(Many);

    [Test]
    public void AnyOptions_AnythingFails_CapacityIsAsPromisedOnTheWayBackToo() => Prop.ForAll<int, int, int[]>((instances, unavailable, rest) =>
    {
        Sizes sizes = Sizes.Of(instances, unavailable, rest);
        World world = sizes.World();
        int number = 1 + Math.Abs(rest.ElementAtOrDefault(2) % 9);
        int begun = 0;
        Func<FakeEffect, CancellationToken, Task> failing = (_, _) => ++begun == number ? throw new DeploymentException("It fails for good.") : Task.CompletedTask;
        switch (Math.Abs(rest.ElementAtOrDefault(3) % 3))
        {
            case 0:
                world.Target.Before = failing;
                break;
            case 1:
                world.Target.Halfway = failing;
                break;
            default:
                world.Watch(look => look == number ? Verdict.Fail("bad") : Verdict.Pass("well"));
                break;
        }

        DeploymentResult result = world.Deploy("1.1.0");

        sizes.Hold(world);
        if (result.Outcome != DeploymentOutcome.Succeeded)
        {
            result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
            world.IsWhollyOld("it went back");
        }
    }).Check(Many);

    /// <summary>The safeguard of these properties: one instance too few is found.</summary>
    [Test]
    public void Hold_LessThanPromised_IsFound()
    {
        World world = new Sizes(4, Unavailable: 2, Surge: 0, Batch: 2).World();
        world.Deploy("1.1.0");

        FluentActions.Invoking(() => new Sizes(4, Unavailable: 1, Surge: 0, Batch: 2).Hold(world)).Should().Throw<Exception>().WithMessage("*capacity*");
    }

    private sealed record Sizes(int Instances, int Unavailable, int Surge, int Batch)
    {
        internal static Sizes Of(int instances, int unavailable, int[] rest)
        {
            (int surge, int batch) = (rest.ElementAtOrDefault(0), rest.ElementAtOrDefault(1));
            int count = 1 + Math.Abs(instances % 12);
            int missing = Math.Abs(unavailable % (count + 1));
            return new Sizes(count, missing, missing == 0 ? 1 + Math.Abs(surge % count) : Math.Abs(surge % (count + 1)), 1 + Math.Abs(batch % count));
        }

        internal World World() => RollingWorld.Live(Instances, rolling =>
        {
            rolling.MaxUnavailable = Unavailable;
            rolling.MaxSurge = Surge;
            rolling.BatchSize = Batch;
        });

        internal void Hold(World world) => world.Target.Capacities.SkipWhile(capacity => capacity < Instances)
            .Should().OnlyContain(capacity => capacity >= Instances - Unavailable && capacity <= Instances + Surge, "the capacity is promised");
    }
}
