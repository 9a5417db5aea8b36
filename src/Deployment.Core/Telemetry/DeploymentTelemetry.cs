using System.Diagnostics;
using System.Diagnostics.Metrics;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Telemetry;

/// <summary>The names under which runs can be traced and measured; see <c>docs/telemetry.md</c>. Exporters live outside.</summary>
public static class DeploymentTelemetry
{
    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/> and of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string SourceName = "Deployment";

    private static readonly ActivitySource Source = new(SourceName);
    private static readonly Meter Meter = new(SourceName);
    private static readonly Counter<long> Runs = Meter.CreateCounter<long>("deployment.runs", "{run}", "Runs that ended, by outcome.");
    private static readonly Counter<long> Steps = Meter.CreateCounter<long>("deployment.steps", "{step}", "Effects that ended, by result.");
    private static readonly Counter<long> Checks = Meter.CreateCounter<long>("deployment.checks", "{check}", "Checks that were decided, by result.");
    private static readonly Counter<long> Rollbacks = Meter.CreateCounter<long>("deployment.rollbacks", "{rollback}", "Rollbacks that began.");

    internal static Activity? StartRun(RunRecord run) => Source.HasListeners()
        ? Tag(Source.StartActivity("deployment.run"), run)
        : null;

    internal static Activity? StartStep(RunRecord run, RunbookStep step) => Source.HasListeners()
        ? Tag(Source.StartActivity("deployment.step"), run)?.SetTag("deployment.step", step.Id).SetTag("deployment.phase", step.Phase.ToString())
        : null;

    internal static void Record(RunRecord run, JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case JournalEntryKind.StepSucceeded or JournalEntryKind.StepFailed:
                Steps.Add(1, Pipeline(run), Result(entry.Kind == JournalEntryKind.StepSucceeded));
                break;
            case JournalEntryKind.CheckPassed or JournalEntryKind.CheckFailed:
                Checks.Add(1, Pipeline(run), Result(entry.Kind == JournalEntryKind.CheckPassed));
                break;
            case JournalEntryKind.RollbackStarted:
                Rollbacks.Add(1, Pipeline(run));
                break;
            case JournalEntryKind.RunEnded:
                Runs.Add(1, Pipeline(run), new KeyValuePair<string, object?>("deployment.outcome", entry.Detail?.GetValueOrDefault("outcome")));
                break;
        }
    }

    private static Activity? Tag(Activity? activity, RunRecord run) => activity?
        .SetTag("deployment.run.id", run.Id)
        .SetTag("deployment.pipeline", run.Pipeline)
        .SetTag("deployment.environment", run.Environment)
        .SetTag("deployment.application", run.Application)
        .SetTag("deployment.version", run.Version)
        .SetTag("deployment.hotfix", run.Hotfix);

    private static KeyValuePair<string, object?> Pipeline(RunRecord run) => new("deployment.pipeline", run.Pipeline);

    private static KeyValuePair<string, object?> Result(bool succeeded) => new("deployment.result", succeeded ? "succeeded" : "failed");
}
