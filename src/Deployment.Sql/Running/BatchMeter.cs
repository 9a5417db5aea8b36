using System.Globalization;
using Deployment.Targets;

namespace Deployment.Sql.Running;

/// <summary>Tells, about once a second, how far a backfill has come and how long it still takes, by how fast this process was.</summary>
internal sealed class BatchMeter(string id, BatchProgress begun, EffectContext context)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly long _begin = context.TimeProvider.GetTimestamp();
    private long _shown = context.TimeProvider.GetTimestamp();

    internal void Show(BatchProgress progress)
    {
        if (context.TimeProvider.GetElapsedTime(_shown) < Interval)
        {
            return;
        }

        _shown = context.TimeProvider.GetTimestamp();
        double each = (progress.Rows - begun.Rows) / context.TimeProvider.GetElapsedTime(_begin).TotalSeconds;
        string left = progress.Total > progress.Rows && each > 0
            ? string.Create(CultureInfo.InvariantCulture, $" of about {progress.Total:N0} ({100.0 * progress.Rows / progress.Total:0}%), about {TimeSpan.FromSeconds(Math.Ceiling((progress.Total - progress.Rows) / each)):g} left")
            : "";
        context.Report(string.Create(CultureInfo.InvariantCulture, $"{id}: {progress.Rows:N0} rows{left}, {each:N0} rows a second."));
    }
}
