using System.Globalization;
using Deployment.Execution;
using Deployment.Flags;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>What outlives the processes of a scenario: the clock, the store, the targets, and who watches.</summary>
internal sealed class StrategyWorld
{
    internal const string First = "1.0.0";
    internal const string Second = "1.1.0";

    private readonly StrategyTrial _trial;
    private readonly Random _random = new(7);
    private bool _hasCause;

    internal StrategyWorld(StrategyTrial trial, FakeCapabilities capabilities, TrafficLimits limits, int targets)
    {
        _trial = trial;
        Targets = [.. Enumerable.Range(1, targets).Select(number => new FakeTarget(string.Create(CultureInfo.InvariantCulture, $"web-{number}"), capabilities) { Limits = limits, Instances = trial.Options.Instances })];
        Watch = new StrategyWatch(this);
    }

    internal VirtualTime Time { get; } = new() { Limit = TimeSpan.FromDays(120) };

    internal InMemoryDeploymentStore Store { get; } = new();

    internal IReadOnlyList<FakeTarget> Targets { get; }

    internal FakeFeatureFlagStore Flags { get; } = new("flags", StrategyConformance.Flag);

    /// <summary>Who has the flag.</summary>
    internal FlagAudience Flag => Flags.Audience(StrategyConformance.Flag);

    internal StrategyWatch Watch { get; }

    internal StrategyConformanceOptions Options => _trial.Options;

    /// <summary>What happens, for messages, such as <c>the first deployment</c>.</summary>
    internal string Scene { get; set; } = "planning";

    /// <summary>What stands where, at which share.</summary>
    internal string Now => string.Join("; ", Targets.Select(target => target.Now));

    internal static Release Version(string version) => Release.Of("shop", version, Artifact.Process("shop", "{port}"));

    /// <summary>What the next release hides behind the flag is another feature.</summary>
    internal void CloseFlag() => Flags.Seed(StrategyConformance.Flag, FlagAudience.Nobody);

    internal void Can(FakeCapabilities capabilities)
    {
        foreach (FakeTarget target in Targets)
        {
            target.Capabilities = capabilities;
        }
    }

    /// <summary>A promise was broken.</summary>
    internal void Breach(StrategyPromise promise, string message)
    {
        // What an effect hides from the engine is no cause of how a run ends by itself: crashes show what it leads to.
        _hasCause |= promise != StrategyPromise.StatesItsChanges;
        _trial.Add(promise, $"In {Scene}: {message}");
    }

    /// <summary>A run ended as it should not have: told unless a broken promise tells why already.</summary>
    internal void Consequence(StrategyPromise promise, string message)
    {
        if (!_hasCause)
        {
            _trial.Add(promise, $"In {Scene}: {message}");
        }
    }

    internal DeploymentPipeline Pipeline(SimulatedProcess? process = null, TimeSpan? signalInterval = null)
    {
        process ??= new SimulatedProcess();
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop");
        var health = new WatchedCheck(WatchedCheck.Health, CheckKind.Health, Watch);
        _trial.Use(pipeline, Flags);
        pipeline.WrapResources(resource => process.Reach(new WatchedResource(resource, Watch, process, Time.Clock)));
        foreach (FakeTarget target in Targets)
        {
            pipeline.DeployTo(process.Reach(new WatchedTarget(target, Watch, process, Time.Clock)));
        }

        pipeline
            .Check(health, Moment.Installed)
            .Check(new WatchedCheck(WatchedCheck.Smoke, CheckKind.Smoke, Watch), Moment.BeforeTraffic)
            .Check(health, Moment.Shifted)
            .Check(new WatchedCheck(WatchedCheck.Last, CheckKind.Smoke, Watch), Moment.Complete)
            .UseStore(process.Reach(Store))
            .UseTimeProvider(Time.Clock)
            .UseRandom(_random)
            .UseCommands(new RecordingCommandRunner())
            .ReportTo(new Person(this))
            .ConfigureEngine(engine =>
            {
                // Long, so that hours of waiting take few turns of the clock.
                engine.LeaseTerm = TimeSpan.FromMinutes(10);
                engine.SignalInterval = signalInterval ?? TimeSpan.FromMinutes(1);
                engine.AbortGrace = TimeSpan.Zero;
            });
        pipeline.BuildOverride = "conformance";
        return pipeline.Build();
    }

    /// <summary>Plans; null after telling what was wrong.</summary>
    internal Runbook? Plan(Func<DeploymentPipeline, Task<Runbook>> plan, SimulatedProcess? process = null, TimeSpan? signalInterval = null)
    {
        try
        {
            Runbook runbook = Time.Run(() => plan(Pipeline(process, signalInterval)));
            return PlanRules.Hold(this, runbook) ? runbook : null;
        }
        catch (Exception error) when (error is not SimulatedCrashException)
        {
            PlanRules.Refused(this, error);
            return null;
        }
    }

    /// <summary>Whether a version could be brought, with all promises of a success kept.</summary>
    internal bool Deploys(string version, string scene)
    {
        Scene = scene;
        CloseFlag();
        return Succeeds(Plan(pipeline => pipeline.PlanAsync(Version(version))));
    }

    /// <summary>Whether a runbook succeeds, with all promises of a success kept.</summary>
    internal bool Succeeds(Runbook? runbook)
    {
        if (runbook is null)
        {
            return false;
        }

        Watch.Watch(runbook);
        return EndRules.Succeeded(this, Execute(runbook));
    }

    /// <summary>Executes what is watched; null when that is refused, or never ends.</summary>
    internal DeploymentResult? Execute(Runbook runbook, SimulatedProcess? process = null, TimeSpan? signalInterval = null) =>
        Drive(() => Pipeline(process, signalInterval).ExecuteAsync(runbook), process);

    /// <summary>Another process takes the run over; null when that is refused, or never ends.</summary>
    internal DeploymentResult? Resume(string runId) => Drive(() => Pipeline().ResumeAsync(runId), process: null);

    /// <summary>Carries out what is due later.</summary>
    internal void Complete()
    {
        Watch.Rest();
        Time.Run(() => Pipeline().CompleteAsync());
    }

    internal RunRecord? Open() => Runs().LastOrDefault(run => run.State is not (RunState.Scheduled or RunState.Ended));

    internal IReadOnlyList<RunRecord> Runs() => Store.ListRunsAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>What the store holds of a run; the store in memory completes at once.</summary>
    internal IReadOnlyList<JournalEntry> Log(RunRecord run) => JournalCodec.ReadAsync(Store, run.Id, CancellationToken.None).GetAwaiter().GetResult().Entries;

    private DeploymentResult? Drive(Func<Task<DeploymentResult>> drive, SimulatedProcess? process)
    {
        try
        {
            DeploymentResult result = Time.Run(drive);
            // Run ids begin with their time.
            Time.Clock.Advance(TimeSpan.FromMinutes(1));
            return result;
        }
        catch (Exception error) when (process?.Death is null && error is (DeploymentException or TimeoutException))
        {
            Consequence(StrategyPromise.Succeeds, $"{(error is TimeoutException ? "The run never ends" : "The run was refused")}: {error.Message}");
            return null;
        }
    }
}
