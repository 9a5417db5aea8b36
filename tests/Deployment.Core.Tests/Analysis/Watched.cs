using Deployment.Analysis;
using Deployment.Health;
using Deployment.Store;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Analysis;

/// <summary>A world where 1.0.0 is live and 1.1.0 is watched, by metrics that the test makes.</summary>
internal sealed class Watched
{
    internal Watched(Action<MonitorBuilder> monitor, TimeSpan? bake = null, Action<DeploymentPipelineBuilder>? strategy = null, TimeSpan intensive = default)
    {
        World = new World();
        Source = new FakeMetricSource(World.Time.Clock);
        World.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        World.Configure = pipeline =>
        {
            (strategy ?? (chosen => chosen.UseBlueGreen()))(pipeline);
            pipeline.Monitor(bake ?? TimeSpan.FromMinutes(5), builder => monitor(builder.From(Source).With(options => options.Intensive = intensive)));
        };
        Source.Ratio(Metric.ErrorRate, 20, (subject, _) => Errors(subject.Revision.Version));
        Source.Distribution(Metric.LatencyP95, 20, (subject, _) => Latency(subject.Revision.Version));
    }

    internal World World { get; }

    internal FakeMetricSource Source { get; }

    /// <summary>The share of bad answers of a version.</summary>
    internal Func<string, double> Errors { get; set; } = _ => 0;

    /// <summary>The seconds that a version's answers take.</summary>
    internal Func<string, double> Latency { get; set; } = _ => 0.1;

    internal DeploymentResult Deploy() => World.Deploy("1.1.0");

    /// <summary>What the watch said, the last time that it said anything.</summary>
    internal static JournalEntry Verdict(DeploymentResult result) =>
        result.Log.Entries.Last(entry => entry.Kind is JournalEntryKind.CheckPassed or JournalEntryKind.CheckFailed && entry.Step is { } step && step.Contains("watch", StringComparison.Ordinal));

    internal static TimeSpan Took(DeploymentResult result, JournalEntryKind from, JournalEntryKind to, string step)
    {
        JournalEntry begin = result.Log.Entries.First(entry => entry.Kind == from && entry.Step!.Contains(step, StringComparison.Ordinal));
        return result.Log.Entries.First(entry => entry.Kind == to && entry.Step == begin.Step).At - begin.At;
    }
}
