using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Execution;

/// <summary>What outlives a process: clock, store, targets. Pipelines come and go.</summary>
internal sealed class World
{
    private readonly Random _random = new(7);

    internal VirtualTime Time { get; } = new();

    internal InMemoryDeploymentStore Store { get; } = new();

    internal FakeTarget Target { get; init; } = new("web");

    internal List<JournalEntry> Entries { get; } = [];

    internal Func<CheckContext, Verdict> Health { get; set; } = _ => Verdict.Pass("well");

    internal Func<CheckContext, Verdict> Smoke { get; set; } = _ => Verdict.Pass("answers");

    internal Action<DeploymentPipelineBuilder> Configure { get; set; } = pipeline => pipeline.UseBlueGreen();

    internal static Release Version(string version) => Release.Of("shop", version, Artifact.Process("shop", "{port}"));

    internal DeploymentPipeline Pipeline(SimulatedProcess? process = null, string build = "build-1", Action<DeploymentPipelineBuilder>? more = null)
    {
        process ??= new SimulatedProcess();
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(process.Reach(Target))
            .Check(new ScriptCheck("health", CheckKind.Health, context => Health(context)), Moment.Installed)
            .Check(new ScriptCheck("smoke", CheckKind.Smoke, context => Smoke(context)), Moment.BeforeTraffic)
            .UseStore(process.Reach(Store))
            .UseTimeProvider(Time.Clock)
            .UseRandom(_random)
            .UseCommands(new RecordingCommandRunner())
            .ReportTo(new Sink(Entries));
        Configure(pipeline);
        more?.Invoke(pipeline);
        pipeline.BuildOverride = build;
        return pipeline.Build();
    }

    internal DeploymentResult Deploy(string version)
    {
        DeploymentResult result = Time.Run(() => Pipeline().DeployAsync(Version(version)));
        Time.Clock.Advance(TimeSpan.FromMinutes(1));
        return result;
    }

    /// <summary>The latest run that brings a version; null when there is none.</summary>
    internal RunRecord? RunOf(string version) => Runs().LastOrDefault(run => run.Version == version);

    internal IReadOnlyList<RunRecord> Runs() => Store.ListRunsAsync(CancellationToken.None).GetAwaiter().GetResult();

    private sealed class Sink(List<JournalEntry> entries) : IProgress<JournalEntry>
    {
        public void Report(JournalEntry value) => entries.Add(value);
    }

    private sealed class ScriptCheck(string name, CheckKind kind, Func<CheckContext, Verdict> verdict) : Check(name, kind)
    {
        public override CheckDescription Describe(CheckSubject subject) => new([$"check {Name} {subject.Candidate}"], "It passes.");

        public override Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken) => Task.FromResult(verdict(context));
    }
}
