using Deployment.Store;
using Deployment.Strategies.Canary;
using Deployment.Targets;
using Deployment.Tests.Execution;
using FsCheck;
using FsCheck.Fluent;

namespace Deployment.Tests.Strategies;

/// <summary>Any valid steps on any target that takes them.</summary>
[Category("Unit")]
public sealed class CanaryProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(40);

    [Test]
    public void AnySteps_SharesAddUpAndTheCandidatesNeverFalls() => Prop.ForAll<int[], bool>((weights, baseline) =>
    {
        World world = Of(weights, baseline);

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        Holds([.. world.Target.Splits.Skip(1)]);
        world.Target.Now.Traffic.ToString().Should().Be(CanaryWorld.New);
        world.Target.Now.Revisions.Should().HaveCount(2, "a baseline is gone");
    }).Check(Many);

    [Test]
    public void AnySteps_AnyEffectFails_ForwardNeverFallsAndTheWayBackIsOneStep() => Prop.ForAll<int[], bool, int>((weights, baseline, fail) =>
    {
        World world = Of(weights, baseline);
        int number = 1 + Math.Abs(fail % 12);
        int begun = 0;
        world.Target.Before = (effect, _) => effect.Text.Contains("1.1.0", StringComparison.Ordinal) && effect.Verb != "remove" && ++begun >= number ? throw new DeploymentException("It fails for good.") : Task.CompletedTask;

        DeploymentResult result = world.Deploy("1.1.0");

        TrafficSplit[] splits = [.. world.Target.Splits.Skip(1)];
        if (result.Outcome == DeploymentOutcome.Succeeded)
        {
            Holds(splits);
            return;
        }

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        world.IsAsBefore("it went back");
        splits.Count(split => split.ToString() == CanaryWorld.Old).Should().BeLessThanOrEqualTo(1);
        Holds([.. splits.TakeWhile(split => split.ToString() != CanaryWorld.Old)]);
    }).Check(Many);

    /// <summary>The safeguard of these properties: shares that fall are found.</summary>
    [Test]
    public void Holds_SharesThatFall_IsFound() =>
        FluentActions.Invoking(() => Holds([Split(50), Split(10)])).Should().Throw<Exception>().WithMessage("*ascending*");

    private static void Holds(IReadOnlyList<TrafficSplit> splits)
    {
        splits.Select(split => split.Shares.Sum(share => share.Value)).Distinct().Should().BeSubsetOf([100]);
        splits.Select(split => split.ShareOf(new("shop", "1.1.0", 1))).Should().BeInAscendingOrder("the candidate's share must never fall going forward");
    }

    private static TrafficSplit Split(int share) => new([KeyValuePair.Create(new Deployment.Releases.RevisionId("shop", "1.0.0", 1), 100 - share), KeyValuePair.Create(new Deployment.Releases.RevisionId("shop", "1.1.0", 1), share)]);

    private static World Of(int[] numbers, bool baseline) => CanaryWorld.Live(canary =>
    {
        canary.Steps = [.. numbers.Select(number => 1 + Math.Abs(number % 99)).Distinct().Order().Append(100).Distinct().Select(CanaryStep.FromInt32)];
        canary.BakeTime = TimeSpan.FromSeconds(2);
        canary.Baseline = baseline ? CanaryBaseline.Required : CanaryBaseline.None;
    });
}
