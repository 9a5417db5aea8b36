using Deployment.Analysis;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Analysis;

/// <summary>Three targets where 1.0.0 is live and 1.1.0 is watched for 5 min after its shift, and intensively for an hour.</summary>
internal sealed class WatchedLanes
{
    private readonly InMemoryDeploymentStore _store = new();
    private readonly FakeMetricSource _source;

    internal WatchedLanes()
    {
        _source = new FakeMetricSource(Time.Clock);
        _source.Ratio(Metric.ErrorRate, 20, (subject, at) => subject.Revision.Version == "1.1.0" ? Errors(subject.Target, at - Begin) : 0);
        Time.Run(() => Pipeline(strategy => strategy.UseBlueGreen(), _ => { }).DeployAsync(World.Version("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        Time.Clock.Advance(TimeSpan.FromHours(2));
        Begin = Time.Clock.GetUtcNow();
        Ended.Clear();
    }

    internal VirtualTime Time { get; } = new();

    internal FakeTarget[] Targets { get; } = [.. Enumerable.Range(1, 3).Select(i => new FakeTarget($"web-{i}"))];

    /// <summary>When 1.1.0 is deployed.</summary>
    internal DateTimeOffset Begin { get; private set; }

    /// <summary>The share of bad answers of 1.1.0 on a target, so long after the beginning.</summary>
    internal Func<string, TimeSpan, double> Errors { get; set; } = (_, _) => 0;

    /// <summary>Whether 1.1.0 is well on a target, so long after the beginning.</summary>
    internal Func<string, TimeSpan, bool> IsWell { get; set; } = (_, _) => true;

    internal TimeSpan Intensive { get; set; } = TimeSpan.FromHours(1);

    internal TimeSpan Bake { get; set; } = TimeSpan.FromMinutes(5);

    internal FailureAction OnErrors { get; set; } = FailureAction.RollBack;

    /// <summary>When the user's own step at the end took place, once for each target.</summary>
    internal List<TimeSpan> Ended { get; } = [];

    internal IEnumerable<int> Shares() => Targets.Select(target => target.Now.Traffic.ShareOf(new RevisionId("shop", "1.1.0", 1)));

    internal RunRecord Run() => _store.ListRunsAsync(default).GetAwaiter().GetResult().Last(run => run.Version == "1.1.0");

    internal Runbook Plan(Action<DeploymentPipelineBuilder> configure, Action<DeploymentPipelineBuilder>? strategy = null) =>
        Time.Run(() => Pipeline(strategy ?? (chosen => chosen.UseBlueGreen()), configure).PlanAsync(World.Version("1.1.0")));

    internal DeploymentResult Deploy(Action<DeploymentPipelineBuilder> configure, params (TimeSpan At, Func<RunRecord, Signal> Signal)[] signals) => Time.Run(async () =>
    {
        DeploymentPipeline pipeline = Pipeline(strategy => strategy.UseBlueGreen(), configure);
        Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
        foreach ((TimeSpan at, Func<RunRecord, Signal> signal) in signals)
        {
            await Task.Delay(Begin + at - Time.Clock.GetUtcNow(), Time.Clock);
            await pipeline.SignalAsync(Run().Id, signal(Run()));
        }

        return await deploying;
    });

    private DeploymentPipeline Pipeline(Action<DeploymentPipelineBuilder> strategy, Action<DeploymentPipelineBuilder> configure)
    {
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop")
            .Check(new ScriptedCheck("well").Answers((context, _) => Task.FromResult(context.Subject.Candidate.Version != "1.1.0" || IsWell(context.Subject.Target, Time.Clock.GetUtcNow() - Begin)
                ? Verdict.Pass("well")
                : Verdict.Fail("it is gone"))), Moment.Installed)
            .Step("tidy up", Moment.Complete, step => step.Run((_, _) =>
            {
                Ended.Add(Time.Clock.GetUtcNow() - Begin);
                return Task.CompletedTask;
            }).MayBeRepeated().NothingToUndo())
            .UseStore(_store)
            .UseTimeProvider(Time.Clock)
            .UseRandom(new Random(3))
            .UseCommands(new RecordingCommandRunner());
        strategy(builder);
        builder.Monitor(Bake, monitor => (OnErrors == FailureAction.RollBack ? monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.1)) : monitor.InvestigateWhen(Metric.ErrorRate.IsAbove(0.1)))
            .From(_source).With(options => (options.Intensive, options.Interval) = (Intensive, TimeSpan.FromSeconds(5))));
        foreach (FakeTarget target in Targets)
        {
            builder.DeployTo(target);
        }

        configure(builder);
        return builder.Build();
    }
}
