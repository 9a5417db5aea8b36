using Deployment.Analysis;
using Deployment.Providers.Prometheus.Series;

namespace Deployment.Providers.Prometheus.Feeds;

/// <summary>
/// Reads samples as they were scraped. Prometheus could compute rates itself, but a rate of 5 minutes has the 5 minutes before the last
/// shift in it, and a query of a moment answers with the time of asking, up to 5 minutes after the last scrape.
/// </summary>
internal abstract class RawFeed : IMetricFeed
{
    // Parts of one answer of an application aren't taken at one instant, so that a batch may have more bad events than events.
    private const int BatchesToFit = 8;
    private readonly string _query;
    private readonly DateTimeOffset _since;
    private readonly SelectorHistory[] _histories;
    private long? _start;
    private long _last;
    private long _from;
    private bool _hasBegun;
    private MetricSourceException? _problem;

    /// <param name="context">Whom to ask.</param>
    /// <param name="query">What people see.</param>
    /// <param name="since">The last shift of traffic.</param>
    /// <param name="histories">What is read, in this order.</param>
    protected RawFeed(FeedContext context, string query, DateTimeOffset since, params SelectorHistory[] histories)
    {
        Context = context;
        _query = query;
        _since = since;
        _histories = histories;
    }

    /// <inheritdoc/>
    public string Query => TakenAsZero is { Length: > 0 } none ? $"{_query} (no series so far of {none}: taken as 0)" : _query;

    /// <summary>The selector that has no series where that is taken for nothing, so that people see it: it may be misspelt. Null where there is none.</summary>
    protected virtual string? TakenAsZero => null;

    protected FeedContext Context { get; }

    /// <summary>How long the first batch waits for more series; see <see cref="CutFinder"/>.</summary>
    protected virtual TimeSpan Gathering => TimeSpan.Zero;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MetricSample>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_problem is { } problem)
        {
            _problem = null;
            throw problem;
        }

        (long now, TimeSpan ahead) = await Context.NowAsync(cancellationToken);
        if (_start is null)
        {
            _start = _last = _from = FeedContext.ServerTime(_since, ahead);
        }

        foreach (SelectorHistory history in _histories)
        {
            // What a scrape brought is there only once it has ended, and bears the time at which it began: a little is read again.
            await history.ReadAsync(_start.Value, _last - (long)Context.Options.Patience.TotalMilliseconds, now, cancellationToken);
        }

        Check();
        return Samples();
    }

    /// <summary>Whether what was read can be used.</summary>
    /// <exception cref="MetricSourceException">It can't.</exception>
    protected virtual void Check()
    {
    }

    /// <summary>Adds what came up to a moment to the batch.</summary>
    /// <returns>Whether some of it was only what growth is told from.</returns>
    protected abstract bool Advance(long until);

    /// <summary>What is impossible in the batch; null when nothing is.</summary>
    protected virtual string? Misfit() => null;

    /// <summary>The batch as a sample, after which the next one is empty; null when there is nothing in it.</summary>
    protected abstract MetricSample? Sample(DateTimeOffset from, DateTimeOffset at);

    /// <summary>Empties the batch.</summary>
    protected abstract void Clear();

    private List<MetricSample> Samples()
    {
        SeriesTrack[] tracks = [.. _histories.SelectMany(history => history.Tracks)];
        List<MetricSample> samples = [];
        while (_problem is null && tracks.Length > 0 && CutFinder.Next(tracks, _last, Context.Options.Patience, Gathering) is { } cut)
        {
            bool isBasis = Advance(cut);
            _last = cut;
            if (isBasis && !_hasBegun)
            {
                // The first scrape after the shift is what growth is told from: what was counted up to it is in part from before.
                Clear();
                _from = cut;
            }
            else if (Misfit() is { } misfit)
            {
                // It may fit together with the next one.
                _problem = cut - _from > BatchesToFit * Context.Options.ScrapeInterval.TotalMilliseconds ? new MetricSourceException(Context.Options.Name, Query, misfit) : null;
            }
            else
            {
                if (Sample(DateTimeOffset.FromUnixTimeMilliseconds(_from), DateTimeOffset.FromUnixTimeMilliseconds(cut)) is { } sample)
                {
                    samples.Add(sample);
                }

                Clear();
                _from = cut;
                _hasBegun = true;
            }
        }

        return _problem is { } problem && samples.Count == 0 ? throw Forgotten(problem) : samples;
    }

    private MetricSourceException Forgotten(MetricSourceException problem)
    {
        _problem = null;
        return problem;
    }
}
