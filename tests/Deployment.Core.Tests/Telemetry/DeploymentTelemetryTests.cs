using System.Diagnostics;
using System.Diagnostics.Metrics;
using Deployment.Health;
using Deployment.Store;
using Deployment.Telemetry;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Telemetry;

/// <summary>The names that docs/telemetry.md promises.</summary>
[Category("Unit")]
[NonParallelizable]
public sealed class DeploymentTelemetryTests
{
    [Test]
    public void Deploy_ThatGoesBack_CountsRunStepsChecksAndRollback()
    {
        var measured = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == DeploymentTelemetry.SourceName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            measured.Add($"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Where(tag => tag.Key != "deployment.pipeline").Select(tag => tag.Value))}".TrimEnd()));
        listener.Start();

        FailingSmoke().Deploy("1.0.0");

        measured.Should().Equal(
            "deployment.steps 1 succeeded",
            "deployment.checks 1 succeeded",
            "deployment.checks 1 failed",
            "deployment.rollbacks 1",
            "deployment.steps 1 succeeded",
            "deployment.runs 1 RolledBack");
    }

    [Test]
    public void Deploy_WithAListener_IsOneTraceOfARunAndItsSteps()
    {
        var ended = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == DeploymentTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);

        FailingSmoke().Deploy("1.0.0");

        Activity run = ended.Single(activity => activity.OperationName == "deployment.run");
        run.GetTagItem("deployment.application").Should().Be("shop");
        run.GetTagItem("deployment.version").Should().Be("1.0.0");
        run.GetTagItem("deployment.outcome").Should().Be("RolledBack");
        ended.Where(activity => activity.OperationName == "deployment.step").Should().HaveCount(4).And.OnlyContain(step => step.ParentId == run.Id);
    }

    [Test]
    public void Deploy_Logs_FailuresAsWarnings()
    {
        var log = new LogBook();
        var world = FailingSmoke();
        world.Configure += pipeline => pipeline.UseLogging(log);

        world.Deploy("1.0.0");

        log.Lines.Should().Contain(line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("CheckFailed web/smoke: 500", StringComparison.Ordinal));
        log.Lines.Should().Contain(line => line.StartsWith("Information", StringComparison.Ordinal) && line.Contains("RunEnded", StringComparison.Ordinal));
    }

    [Test]
    public void Deploy_ProgressThatThrows_NeverTouchesTheRun()
    {
        var world = new World();

        world.Time.Run(() => world.Pipeline(more: pipeline => pipeline.ReportTo(new Throwing())).DeployAsync(World.Version("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    private static World FailingSmoke() => new() { Smoke = _ => Verdict.Fail("500") };

    private sealed class Throwing : IProgress<JournalEntry>
    {
        public void Report(JournalEntry value) => throw new InvalidOperationException("The terminal is gone.");
    }
}
