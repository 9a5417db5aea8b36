using Deployment.Analysis;
using Deployment.Health;
using Deployment.Notifications;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Analysis;

/// <summary>Several targets where 1.0.0 is live and 1.1.0 is watched on for an hour after its deployment.</summary>
internal sealed class WatchedTargets
{
    internal static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly Random _random = new(7);
    private readonly Action<MonitorBuilder> _monitor;

    internal WatchedTargets(int count, Action<MonitorBuilder>? monitor = null)
    {
        _monitor = monitor ?? (builder => builder.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)));
        Targets = [.. Enumerable.Range(1, count).Select(number => new FakeTarget($"web-{number}"))];
        Store = new ReadLog(new InMemoryDeploymentStore());
        Source = new FakeMetricSource(Time.Clock).Ratio(Metric.ErrorRate, 20, (subject, _) => Bad.Contains(subject.Target) ? 0.5 : 0);
        Deploy("1.0.0", isWatched: false);
    }

    internal VirtualTime Time { get; } = new();

    internal ReadLog Store { get; }

    internal FakeTarget[] Targets { get; }

    internal FakeMetricSource Source { get; }

    /// <summary>Where half of the answers are bad.</summary>
    internal HashSet<string> Bad { get; } = [];

    /// <summary>Where the target can't be reached.</summary>
    internal HashSet<string> Unreachable { get; } = [];

    internal INotifier? Notifier { get; set; }

    internal string Live => string.Join(", ", Targets.Select(target => target.Now.Traffic));

    internal IEnumerable<RunRecord> Runs(RunKind kind) => Store.ListRunsAsync(CancellationToken.None).Result.Where(run => run.Kind == kind);

    internal DeploymentPipeline Pipeline(bool isWatched = true)
    {
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop")
            .UseBlueGreen()
            .Check(new ScriptedCheck("health", CheckKind.Health).Passes(), Moment.Installed)
            .UseStore(Store)
            .UseTimeProvider(Time.Clock)
            .UseRandom(_random)
            .UseCommands(new RecordingCommandRunner());
        foreach (FakeTarget target in Targets)
        {
            builder.DeployTo(new WatchedTarget(target, _ => Unreachable.Contains(target.Name) ? throw new IOException($"{target.Name} is gone") : Task.CompletedTask));
        }

        if (Notifier is { } notifier)
        {
            builder.Notify(notifier);
        }

        if (isWatched)
        {
            builder.Monitor(TimeSpan.FromMinutes(1), monitor => _monitor(monitor.From(Source).With(options =>
            {
                options.Intensive = TimeSpan.Zero;
                options.Extended = TimeSpan.FromHours(1);
            })));
        }

        builder.BuildOverride = "build-1";
        return builder.Build();
    }

    internal DeploymentResult Deploy(string version, bool isWatched = true)
    {
        DeploymentResult result = Time.Run(() => Pipeline(isWatched).DeployAsync(World.Version(version)));
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        return result;
    }

    /// <summary>What was due after so long.</summary>
    internal IReadOnlyList<DeploymentResult> CompleteAfter(TimeSpan time)
    {
        Time.Clock.Advance(time);
        return Time.Run(() => Pipeline().CompleteAsync());
    }
}
