using Deployment.Environments;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Environments;

/// <summary>Development, staging and production of one application, on one store and one clock, which begins on a Tuesday at midnight.</summary>
internal sealed class Stages
{
    internal static readonly string[] Names = ["development", "staging", "production"];
    private readonly Random _random = new(7);

    internal VirtualTime Time { get; } = new();

    internal InMemoryDeploymentStore Store { get; } = new();

    internal LogBook Log { get; } = new();

    internal Dictionary<string, FakeTarget> Targets { get; } = Names.ToDictionary(name => name, name => new FakeTarget($"{name}-web"));

    /// <summary>Open at any time, so that only tests of windows wait for one.</summary>
    internal EnvironmentPolicy Production { get; set; } = EnvironmentPolicy.Production(DeploymentWindow.Weekdays(new(9, 0), new(16, 0))) with { ApprovalBy = null, Windows = [] };

    internal Func<string, Verdict> Performance { get; set; } = _ => Verdict.Pass("fast");

    /// <summary>An archive whose content is told by one hexadecimal digit.</summary>
    internal static Release Version(string version, char content, string? tag = null) =>
        Release.Of("shop", version, Artifact.Process("shop", "{port}").From($"/builds/shop-{version}.zip", new string(content, 64))) with { Tag = tag ?? $"v{version}" };

    internal DeploymentPipeline Pipeline(string environment, SimulatedProcess? process = null, Action<DeploymentPipelineBuilder>? more = null)
    {
        process ??= new SimulatedProcess();
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop")
            .InEnvironment(environment, environment switch { "staging" => EnvironmentPolicy.Staging, "production" => Production, _ => EnvironmentPolicy.Development })
            .DeployTo(process.Reach(Targets[environment]))
            .UseCanary(canary => canary.Steps = [10, 25, 50, 100])
            .Check(new ScriptedCheck("health", CheckKind.Health).Answers((_, _) => Task.FromResult(Verdict.Pass("well"))), Moment.Installed)
            .Check(new ScriptedCheck("integration", CheckKind.Smoke).Answers((_, _) => Task.FromResult(Verdict.Pass("fits"))), Moment.Shifted, critical: true)
            .Check(new ScriptedCheck("performance", CheckKind.Smoke).Answers((_, _) => Task.FromResult(Performance(environment))), Moment.Shifted)
            .UseStore(process.Reach(Store))
            .UseTimeProvider(Time.Clock)
            .UseRandom(_random)
            .UseLogging(Log)
            .UseCommands(new RecordingCommandRunner());
        more?.Invoke(pipeline);
        pipeline.BuildOverride = "build-1";
        return pipeline.Build();
    }

    internal DeploymentResult Deploy(string environment, Release release, RunOverrides? overrides = null)
    {
        DeploymentResult result = Time.Run(() => Pipeline(environment).DeployAsync(release, overrides));
        Time.Clock.Advance(TimeSpan.FromMinutes(1));
        return result;
    }

    internal void Passes(string environment, Release release) => Deploy(environment, release).Outcome.Should().Be(DeploymentOutcome.Succeeded);

    internal DeploymentResult RollBack(string environment, string? version = null)
    {
        DeploymentResult result = Time.Run(() => Pipeline(environment).RollBackAsync(version));
        Time.Clock.Advance(TimeSpan.FromMinutes(1));
        return result;
    }

    /// <summary>It comes, without a policy, and is gone back from.</summary>
    internal void RollBackOf(string environment, Release release)
    {
        EnvironmentPolicy policy = Production;
        Production = EnvironmentPolicy.Development;
        Passes(environment, release);
        RollBack(environment).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        Production = policy with { ApprovalBy = null };
    }

    internal Runbook Plan(string environment, Release release, RunOverrides? overrides = null) => Time.Run(() => Pipeline(environment).PlanAsync(release, overrides));

    /// <summary>What it is refused with; nothing may have changed.</summary>
    internal string[] Refusals(string environment, Release release, RunOverrides? overrides = null)
    {
        int effects = Targets[environment].Transcript.Count;
        int runs = Runs().Count;
        string[] errors = [.. FluentActions.Invoking(() => Deploy(environment, release, overrides)).Should().Throw<DeploymentValidationException>().Which.Errors];
        Targets[environment].Transcript.Should().HaveCount(effects);
        Runs().Should().HaveCount(runs);
        return errors;
    }

    internal string Live(string environment) => Targets[environment].Now.Traffic.ToString();

    internal IReadOnlyList<RunRecord> Runs() => Store.ListRunsAsync(CancellationToken.None).GetAwaiter().GetResult();
}
