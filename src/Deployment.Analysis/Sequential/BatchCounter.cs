namespace Deployment.Analysis.Sequential;

/// <summary>Makes batches of a metric's samples.</summary>
internal abstract class BatchCounter
{
    /// <summary>Of one sample. Their sums over all batches stay within whole numbers that way.</summary>
    protected const double MostEvents = 1e12;

    /// <summary>Why a sample can't be counted, as what is said of the metric; null when it can.</summary>
    internal abstract string? Problem(MetricSample sample);

    /// <summary>The samples of one batch; null while batches are not counted yet.</summary>
    internal abstract Batch? Count(ReadOnlySpan<MetricSample> candidate, ReadOnlySpan<MetricSample> baseline);
}
