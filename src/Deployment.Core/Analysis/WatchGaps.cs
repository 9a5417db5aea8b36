using Deployment.Reports;

namespace Deployment.Analysis;

/// <summary>
/// What a look of an extended watch was told nothing of. Who looks all the while sees that no sample comes; who reads an hour at once, from a source that
/// keeps a quarter of it, sees a good last look.
/// </summary>
internal static class WatchGaps
{
    /// <summary>Null where there is none.</summary>
    /// <param name="series">What the rules that decide rest on.</param>
    /// <param name="from">Where what is judged begins.</param>
    /// <param name="until">Where it ends.</param>
    /// <param name="most">How long a source may say nothing.</param>
    internal static string? Of(IEnumerable<WatchSeries> series, DateTimeOffset from, DateTimeOffset until, TimeSpan most)
    {
        string[] gaps = [.. series.Where(one => !one.IsRecorded).SelectMany(one => Of(one, from, until, most).Select(gap => Words(one, gap.From, gap.Until)))];
        return gaps.Length > 0 ? string.Join("; ", gaps) : null;
    }

    private static IEnumerable<(DateTimeOffset From, DateTimeOffset Until)> Of(WatchSeries series, DateTimeOffset from, DateTimeOffset until, TimeSpan most)
    {
        DateTimeOffset told = from;
        foreach (MetricSample sample in series.Samples.Select(seen => seen.Sample))
        {
            if (sample.From - told > most)
            {
                yield return (told, sample.From);
            }

            told = sample.At > told ? sample.At : told;
        }

        if (until - told > most)
        {
            yield return (told, until);
        }
    }

    private static string Words(WatchSeries series, DateTimeOffset from, DateTimeOffset until) =>
        $"{series.Source} told nothing of {series.Metric} of {series.Subject} from {from.UtcDateTime:yyyy-MM-dd HH:mm:ss} to {until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, for {Duration.Roughly(until - from)}";
}
