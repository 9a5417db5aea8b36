namespace Deployment.Analysis.Sequential;

/// <summary>
/// Cuts time into batches of one length that follow each other. What it is is decided by the first samples alone, so that later ones
/// never change a batch.
/// </summary>
/// <remarks>
/// The length is the least multiple of the one asked for that holds a usual sample, which is the median of the first three of a side. Batches
/// begin as far from the moments of both sides' samples as can be: samples that come a little early or late stay in their batch.
/// </remarks>
internal sealed class BatchGrid
{
    /// <summary>How many samples of each side decide.</summary>
    internal const int Deciding = 3;

    /// <summary>By which fraction of the length asked for a usual sample may be longer than a batch: clocks are not exact.</summary>
    private const double Slack = 0.25;

    private readonly long _origin;

    private BatchGrid(long origin, long length)
    {
        _origin = origin;
        Length = TimeSpan.FromTicks(length);
    }

    /// <summary>The length of each batch.</summary>
    internal TimeSpan Length { get; }

    /// <param name="candidate">Its samples, at least <see cref="Deciding"/>, in the order of their time.</param>
    /// <param name="baseline">Its samples, likewise.</param>
    /// <param name="asked">The least length.</param>
    internal static BatchGrid Of(IReadOnlyList<MetricSample> candidate, IReadOnlyList<MetricSample> baseline, TimeSpan asked)
    {
        TimeSpan usual = Usual(candidate) > Usual(baseline) ? Usual(candidate) : Usual(baseline);
        long length = asked.Ticks * Math.Max(1, (long)Math.Ceiling((usual / asked) - Slack));
        long ours = candidate[Deciding - 1].At.UtcTicks % length;
        long theirs = baseline[Deciding - 1].At.UtcTicks % length;
        long apart = (ours - theirs + length) % length;
        long origin = apart * 2 <= length ? ours + ((length - apart) / 2) : theirs + (apart / 2);
        return new BatchGrid(origin, length);
    }

    /// <summary>To which batch a moment belongs: to that which ends at it or after it. Batches are numbered by time alone.</summary>
    internal long IndexOf(DateTimeOffset moment)
    {
        (long index, long rest) = Math.DivRem(moment.UtcTicks - _origin - 1, Length.Ticks);
        return rest < 0 ? index - 1 : index;
    }

    /// <summary>Where a batch ends.</summary>
    internal DateTimeOffset EndOf(long index) => new(_origin + ((index + 1) * Length.Ticks), TimeSpan.Zero);

    private static TimeSpan Usual(IReadOnlyList<MetricSample> samples) => samples.Take(Deciding).Select(sample => sample.At - sample.From).Order().ElementAt(Deciding / 2);
}
