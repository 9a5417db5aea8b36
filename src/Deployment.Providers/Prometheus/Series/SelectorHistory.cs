using Deployment.Providers.Prometheus.Feeds;
using Deployment.Providers.Prometheus.Http;
using Deployment.Providers.Prometheus.Queries;

namespace Deployment.Providers.Prometheus.Series;

/// <summary>The series of a selector, as they come.</summary>
/// <param name="context">Whom to ask.</param>
/// <param name="selector">The selector.</param>
/// <param name="isRequired">Whether it is an error that there is no series, after a while.</param>
internal sealed class SelectorHistory(FeedContext context, string selector, bool isRequired)
{
    // A counter that was there within this time before the last shift didn't begin at 0 after it, however long it was not scraped.
    private static readonly TimeSpan _memory = TimeSpan.FromHours(1);
    private readonly Dictionary<string, SeriesTrack> _tracks = new(StringComparer.Ordinal);
    private HashSet<string>? _before;

    internal IReadOnlyCollection<SeriesTrack> Tracks => _tracks.Values;

    /// <summary>Reads what came since a moment.</summary>
    /// <param name="since">The last shift of traffic. All times are those of the server.</param>
    /// <param name="from">Where to begin; what is known already is passed over.</param>
    /// <param name="now">Where to end.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    internal async Task ReadAsync(long since, long from, long now, CancellationToken cancellationToken)
    {
        _before ??= await BeforeAsync(since, cancellationToken);
        TimeSpan range = TimeSpan.FromMilliseconds(Math.Max(now - from, 1000));
        PrometheusAnswer answer = await context.Client.AskAsync(new PrometheusQuestion(PromQl.Raw(selector, range), now), cancellationToken);
        (SeriesLabels Labels, RawPoint Point)? bad = null;
        foreach (RawSeries series in answer.Series)
        {
            if (!_tracks.TryGetValue(series.Labels.Key, out SeriesTrack? track))
            {
                _tracks.Add(series.Labels.Key, track = new SeriesTrack(series.Labels, _before.Contains(series.Labels.KeyWithoutName)));
            }

            // Each of them is passed over the next time: a gauge that was no number once doesn't hold up all that comes after.
            if (track.Add(series.Points, since) is { } point)
            {
                bad ??= (series.Labels, point);
            }
        }

        if (bad is { } none)
        {
            throw answer.Problem($"The series {none.Labels} has a sample that is {none.Point.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)}, no number.");
        }

        if (isRequired && _tracks.Count == 0 && _before.Count == 0 && now - since > context.Options.Grace.TotalMilliseconds)
        {
            throw answer.Problem("There is no series. Either nothing was counted yet, or the query asks for labels that nothing bears.");
        }
    }

    private async Task<HashSet<string>> BeforeAsync(long since, CancellationToken cancellationToken)
    {
        PrometheusAnswer answer = await context.Client.AskAsync(new PrometheusQuestion($"last_over_time({PromQl.Raw(selector, _memory)})", since), cancellationToken);
        return [.. answer.Series.Select(series => series.Labels.KeyWithoutName)];
    }
}
