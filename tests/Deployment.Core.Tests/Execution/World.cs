using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Secrets;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Tests.Execution;

/// <summary>What outlives a process: clock, store, targets. Pipelines come and go.</summary>
internal sealed class World
{
    private readonly Random _random = new(7);

    internal VirtualTime Time { get; } = new();

    internal InMemoryDeploymentStore Store { get; } = new();

    internal FakeTarget Target { get; init; } = new("web");

    internal List<JournalEntry> Entries { get; } = [];

    /// <summary>What was journaled and what took place outside, in one order.</summary>
    internal List<string> Transcript { get; } = [];

    internal Func<CheckContext, Verdict> Health { get; set; } = _ => Verdict.Pass("well");

    internal Func<CheckContext, Verdict> Smoke { get; set; } = _ => Verdict.Pass("answers");

    internal TimeSpan CheckTakes { get; set; }

    /// <summary>What happens when a pipeline looks at the target, before it sees anything.</summary>
    internal Func<CancellationToken, Task> Looking { get; set; } = _ => Task.CompletedTask;

    internal Action<DeploymentPipelineBuilder> Configure { get; set; } = pipeline => pipeline.UseBlueGreen();

    internal static Release Version(string version) => Release.Of("shop", version, Artifact.Process("shop", "{port}"));

    internal DeploymentPipeline Pipeline(SimulatedProcess? process = null, string build = "build-1", Action<DeploymentPipelineBuilder>? more = null)
    {
        process ??= new SimulatedProcess();
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(process.Reach(new WatchedTarget(Target, cancellationToken => Looking(cancellationToken))))
            .Check(new ScriptCheck("health", CheckKind.Health, this, context => Health(context)), Moment.Installed)
            .Check(new ScriptCheck("smoke", CheckKind.Smoke, this, context => Smoke(context)), Moment.BeforeTraffic)
            .UseStore(process.Reach(Store))
            .UseTimeProvider(Time.Clock)
            .UseRandom(_random)
            .UseCommands(new RecordingCommandRunner())
            .ReportTo(new Sink(this));
        Configure(pipeline);
        more?.Invoke(pipeline);
        pipeline.BuildOverride = build;
        return pipeline.Build();
    }

    internal DeploymentResult Deploy(string version, RunOverrides? overrides = null)
    {
        DeploymentResult result = Time.Run(() => Pipeline().DeployAsync(Version(version), overrides));
        Time.Clock.Advance(TimeSpan.FromMinutes(1));
        return result;
    }

    /// <summary>Deploys 1.1.0 until an entry of its journal is durable; there the process dies.</summary>
    internal void DieAfter(Func<JournalEntry, bool> fits)
    {
        var process = new SimulatedProcess();
        FluentActions.Invoking(() => Time.Run(() => Pipeline(process, more: pipeline => pipeline.ReportTo(new KillOn(process, fits))).DeployAsync(Version("1.1.0"))))
            .Should().Throw<Exception>();
        process.Death.Should().NotBeNull();
    }

    /// <summary>Another process goes on with 1.1.0.</summary>
    internal DeploymentResult Resume(string build = "build-1") => Time.Run(() => Pipeline(build: build).ResumeAsync(RunOf("1.1.0")!.Id));

    /// <summary>Somebody else does something to the target, after the run's first process and before its second.</summary>
    internal void ByHand(Operation operation)
    {
        Verb verb = Target.Verbs.Single(verb => verb.Name == operation.Verb);
        Time.Run(async () =>
        {
            await verb.RunAsync(operation.Arguments, new EffectContext("hand", "hand", 2, new RecordingCommandRunner(), new EnvironmentSecretStore(), Time.Clock), CancellationToken.None);
            return true;
        });
    }

    /// <summary>The latest run that brings a version; null when there is none.</summary>
    internal RunRecord? RunOf(string version) => Runs().LastOrDefault(run => run.Version == version);

    internal IReadOnlyList<RunRecord> Runs() => Store.ListRunsAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>From here on the transcript shows what takes place on the target.</summary>
    internal void Record()
    {
        Transcript.Clear();
        Target.After = (effect, _) =>
        {
            Transcript.Add("    > " + effect.Text);
            return Task.CompletedTask;
        };
    }

    private sealed class Sink(World world) : IProgress<JournalEntry>
    {
        public void Report(JournalEntry value)
        {
            world.Entries.Add(value);
            world.Transcript.Add($"{value.Kind} {value.Step}".TrimEnd() + (value.Text is null ? "" : ": " + value.Text));
        }
    }

    private sealed class ScriptCheck(string name, CheckKind kind, World world, Func<CheckContext, Verdict> verdict) : Check(name, kind)
    {
        public override CheckDescription Describe(CheckSubject subject) => new([$"check {Name} {subject.Candidate}"], "It passes.");

        public override async Task<Verdict> EvaluateAsync(CheckContext context, CancellationToken cancellationToken)
        {
            await (world.CheckTakes > TimeSpan.Zero ? Task.Delay(world.CheckTakes, context.TimeProvider, cancellationToken) : Task.CompletedTask);
            return verdict(context);
        }
    }
}
