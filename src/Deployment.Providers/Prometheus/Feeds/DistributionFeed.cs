using System.Globalization;
using Deployment.Analysis;
using Deployment.Providers.Prometheus.Series;

namespace Deployment.Providers.Prometheus.Feeds;

/// <summary>The buckets of a histogram, of all instances together.</summary>
internal sealed class DistributionFeed : RawFeed
{
    private readonly SelectorHistory _buckets;
    private readonly SortedDictionary<double, double> _counts = [];
    private readonly Dictionary<string, CounterGroup> _groups = new(StringComparer.Ordinal);
    private int _grouped;

    internal DistributionFeed(FeedContext context, string buckets, DateTimeOffset since)
        : this(context, buckets, new SelectorHistory(context, buckets, isRequired: true), since)
    {
    }

    private DistributionFeed(FeedContext context, string query, SelectorHistory buckets, DateTimeOffset since)
        : base(context, query, since, buckets) => _buckets = buckets;

    protected override void Check()
    {
        if (_grouped == _buckets.Tracks.Count)
        {
            return;
        }

        foreach (SeriesTrack track in _buckets.Tracks.Where(track => track.Labels.UpperBound is null))
        {
            throw Problem($"The series {track.Labels} is no bucket: it has no label `le` with a number. Select the series whose name ends in `_bucket`.");
        }

        SeriesTrack[][] histograms = [.. _buckets.Tracks.GroupBy(track => track.Labels.KeyWithoutBound).Select(group => group.OrderBy(track => track.Labels.UpperBound).ToArray())];
        double[] bounds = Bounds(histograms[0]);
        if (bounds.Length < 2 || bounds[^1] != double.PositiveInfinity || bounds.Distinct().Count() < bounds.Length)
        {
            throw Problem($"The series {histograms[0][0].Labels} and those beside it have the buckets {Text(bounds)}. A histogram has some with a bound, each once, and one of +Inf.");
        }

        // Counts of other buckets can't be added: what lies between two bounds of one lies on both sides of a bound of the other.
        if (histograms.FirstOrDefault(other => !Bounds(other).SequenceEqual(bounds)) is { } differing)
        {
            throw Problem($"The series {histograms[0][0].Labels} has the buckets {Text(bounds)}, and {differing[0].Labels} has {Text(Bounds(differing))}. Let all instances measure in the same.");
        }

        _groups.Clear();
        foreach (SeriesTrack[] histogram in histograms)
        {
            _groups.Add(histogram[0].Labels.KeyWithoutBound, new CounterGroup(histogram));
        }

        _grouped = _buckets.Tracks.Count;
        Clear();
    }

    protected override bool Advance(long until)
    {
        bool isBasis = false;
        foreach (CounterGroup group in _groups.Values)
        {
            isBasis |= group.Advance(until, (track, growth) => _counts[track.Labels.UpperBound!.Value] += growth);
        }

        return isBasis;
    }

    protected override string? Misfit() => _counts.Values.Zip(_counts.Values.Skip(1)).Any(pair => pair.First > pair.Second)
        ? $"The buckets {Text(_counts.Keys)} grew by {Text(_counts.Values)}, and each must have all that the one before has."
        : null;

    protected override MetricSample Sample(DateTimeOffset from, DateTimeOffset at)
    {
        // Each bucket of Prometheus has all events up to its bound; ours have those of their own.
        double[] upTo = [.. _counts.Values];
        var histogram = new MetricHistogram([.. _counts.Keys.SkipLast(1)], [.. upTo.Select((count, i) => i == 0 ? count : count - upTo[i - 1])]);
        return MetricSample.Distribution(from, at, histogram);
    }

    protected override void Clear()
    {
        foreach (double bound in _groups.Values.SelectMany(group => group.Members).Select(track => track.Labels.UpperBound!.Value).Distinct())
        {
            _counts[bound] = 0;
        }
    }

    private MetricSourceException Problem(string problem) => new(Context.Options.Name, Query, problem);

    private static double[] Bounds(SeriesTrack[] histogram) => [.. histogram.Select(track => track.Labels.UpperBound!.Value)];

    private static string Text(IEnumerable<double> numbers) =>
        string.Join(", ", numbers.Select(number => double.IsPositiveInfinity(number) ? "+Inf" : number.ToString(CultureInfo.InvariantCulture)));
}
