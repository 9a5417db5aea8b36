using Deployment.Store;
using Deployment.Telemetry;

namespace Deployment.Execution;

/// <summary>Shows durable entries to log, metrics and whoever watches. What they throw never touches the run.</summary>
internal sealed class RunObserver(RunServices services, RunRecord record)
{
    internal void OnWritten(JournalEntry entry)
    {
        try
        {
            RunLog.Entry(services.Logger, record.Id, entry);
            DeploymentTelemetry.Record(record, entry);
            services.Progress?.Report(entry);
        }
        catch (Exception error)
        {
            RunLog.ProgressFailed(services.Logger, record.Id, error);
        }
    }
}
