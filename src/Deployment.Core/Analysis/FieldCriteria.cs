using Deployment.Store;

namespace Deployment.Analysis;

/// <summary>
/// The criteria that deployment checklists of the field agree on, as rules of a monitor. All of them can be changed; null leaves one out. What is noted is an alert:
/// the rollback owner is told (<see cref="DeploymentPipelineBuilder.Notify"/>). A critical
/// function that is broken is a smoke test's matter, and what people find is reported: <see cref="DeploymentPipeline.ReportAsync"/>.
/// </summary>
public sealed class FieldCriteria
{
    /// <summary>An hour has hundreds of looks, each of which would see a chance difference: by so many standard errors a value must be beyond its limit.</summary>
    private const double Sure = 3;

    /// <summary>The run goes back when the error rate is above this. Default 10%.</summary>
    public double? ErrorRate { get; set; } = 0.10;

    /// <summary>The run goes back when the 95th percentile of latency is above the baseline's by more than this share. Default 50%.</summary>
    public double? Slowdown { get; set; } = 0.50;

    /// <summary>The run is held for a person when it is above by more than this share. Default 20%.</summary>
    public double? SlowdownToInvestigate { get; set; } = 0.20;

    /// <summary>It is noted when the error rate is above the baseline's by more than this difference. Default 5 percentage points.</summary>
    public double? ErrorsToNote { get; set; } = 0.05;

    /// <summary>It is noted when the 95th percentile of latency is above the baseline's by more than this share. Default 100%: twice the baseline.</summary>
    public double? SlowdownToNote { get; set; } = 1;

    /// <summary>It is noted when more of the processors is in use. Default 80%. Left out where nothing measures it.</summary>
    public double? Cpu { get; set; } = 0.80;

    /// <summary>It is noted when more of the memory is in use. Default 85%. Left out where nothing measures it.</summary>
    public double? Memory { get; set; } = 0.85;

    /// <summary>
    /// Errors of the application of which none is expected, such as payments lost: an alert when there is any, so that a person decides with the run
    /// going on. Data that is lost for sure is reported: <see cref="IncidentKind.DataCorruption"/>. Made by <see cref="Metric.Increase"/>.
    /// </summary>
    public IList<Metric> CriticalErrors { get; } = [];

    /// <summary>Errors of parts that users can do without: the run is held for a person when there is any. Made by <see cref="Metric.Increase"/>.</summary>
    public IList<Metric> NonCriticalErrors { get; } = [];

    internal void AddTo(MonitorBuilder monitor)
    {
        Add(ErrorRate, limit => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(limit) with { StandardErrors = Sure }));
        Add(Slowdown, share => monitor.RollBackWhen(Slower(share)));
        Add(SlowdownToInvestigate, share => monitor.InvestigateWhen(Slower(share)));
        Add(ErrorsToNote, difference => monitor.NoteWhen(Metric.ErrorRate.IsAboveBaselineByDifference(difference) with { StandardErrors = Sure }));
        Add(SlowdownToNote, share => monitor.NoteWhen(Slower(share)));
        Add(Cpu, limit => monitor.NoteIfMeasured(Metric.Cpu.IsAbove(limit)));
        Add(Memory, limit => monitor.NoteIfMeasured(Metric.Memory.IsAbove(limit)));
        foreach (Metric metric in CriticalErrors)
        {
            monitor.NoteWhen(metric.IsAbove(0));
        }

        foreach (Metric metric in NonCriticalErrors)
        {
            monitor.InvestigateWhen(metric.IsAbove(0));
        }
    }

    /// <summary>By so many standard errors fewer samples than usual will do, also for little traffic.</summary>
    private static MetricRule Slower(double share) => Metric.LatencyP95.IsAboveBaselineBy(share) with { Window = TimeSpan.FromMinutes(3), MinimumSamples = 50, StandardErrors = Sure };

    private static void Add(double? value, Action<double> add)
    {
        if (value is { } known)
        {
            add(known);
        }
    }
}
