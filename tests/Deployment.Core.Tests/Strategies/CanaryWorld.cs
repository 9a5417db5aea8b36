using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies.Canary;
using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Strategies;

/// <summary>A world where 1.0.0 is live and 1.1.0 comes as a canary, with a check of its own under traffic.</summary>
internal static class CanaryWorld
{
    internal const string Old = "shop_1.0.0_1=100";
    internal const string New = "shop_1.1.0_1=100";

    internal static World Live(Action<CanaryOptions> configure, FakeTarget? target = null)
    {
        var world = new World { Target = target ?? new FakeTarget("web") };
        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Configure = pipeline => pipeline.UseCanary(configure);
        world.Record();
        return world;
    }

    internal static World Empty(Action<CanaryOptions> configure, FakeTarget? target = null) => new()
    {
        Target = target ?? new FakeTarget("web"),
        Configure = pipeline => pipeline.UseCanary(configure),
    };

    /// <summary>Everything that a canary can do.</summary>
    internal static void Whole(CanaryOptions canary)
    {
        canary.Steps = [10, new CanaryStep { Weight = 50, Checks = false }, 100];
        canary.Baseline = CanaryBaseline.Required;
        canary.Testers = new CanaryTesters { Time = TimeSpan.FromMinutes(1) };
        canary.BakeTime = TimeSpan.FromSeconds(30);
        canary.RequireStickyUsers = true;
    }

    /// <summary>The error rate under traffic, judged at each step.</summary>
    internal static ScriptedCheck Watch(this World world, Func<int, Verdict>? verdict = null)
    {
        int looks = 0;
        ScriptedCheck check = new ScriptedCheck("error rate", CheckKind.Smoke).Answers((_, _) => Task.FromResult(verdict?.Invoke(++looks) ?? Verdict.Pass("0.1%")));
        world.Configure += pipeline => pipeline.Check(check, Moment.Shifted);
        return check;
    }

    internal static Runbook Plan(this World world, string version = "1.1.0") => world.Time.Run(() => world.Pipeline().PlanAsync(World.Version(version)));

    internal static IEnumerable<string> Titles(this Runbook plan) => plan.Steps.Select(step => step.Title);

    internal static string[] Errors(this World world) =>
        [.. FluentActions.Invoking(() => world.Plan()).Should().Throw<DeploymentValidationException>().Which.Errors];

    /// <summary>The share of 1.1.0 in each split that there was since 1.0.0 was live.</summary>
    internal static IEnumerable<int> Shares(this World world) => world.Target.Splits.Skip(1).Select(split => split.ShareOf(new("shop", "1.1.0", 1)));

    /// <summary>Deploys 1.1.0 and does something at times after its begin.</summary>
    internal static DeploymentResult During(this World world, params (TimeSpan At, Func<DeploymentPipeline, RunRecord, Task> Do)[] acts) => world.Time.Run(async () =>
    {
        DeploymentPipeline pipeline = world.Pipeline();
        DateTimeOffset begin = world.Time.Clock.GetUtcNow();
        Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
        foreach ((TimeSpan at, Func<DeploymentPipeline, RunRecord, Task> act) in acts)
        {
            await Task.Delay(begin + at - world.Time.Clock.GetUtcNow(), world.Time.Clock);
            await act(pipeline, world.RunOf("1.1.0")!);
        }

        return await deploying;
    });

    /// <summary>All is as before 1.1.0 came.</summary>
    internal static void IsAsBefore(this World world, string why)
    {
        world.Target.Now.Traffic.ToString().Should().Be(Old, why);
        world.Target.Now.Revisions.Select(revision => revision.Id.ToString()).Should().Equal(["shop_1.0.0_1"], why);
        world.Target.Testers.Should().BeNull(why);
    }
}
