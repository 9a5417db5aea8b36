using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Deployment.Analysis;

/// <summary>How many events were how large, in buckets.</summary>
public sealed record MetricHistogram
{
    /// <summary>More would only be memory: a thousandth is fine enough for anything that is judged.</summary>
    internal const int MostBounds = 2000;

    /// <summary>Creates a histogram.</summary>
    /// <param name="bounds">The buckets' upper bounds, rising, in the metric's unit; 1 to 2,000.</param>
    /// <param name="counts">How many events were at most as large as the bound of the same index and larger than the one before; one more than there are bounds, the last for all larger ones. 0 or more each.</param>
    /// <exception cref="DeploymentException">They are no histogram.</exception>
    [JsonConstructor]
    public MetricHistogram(ImmutableArray<double> bounds, ImmutableArray<double> counts)
    {
        bool isOne = !bounds.IsDefaultOrEmpty && bounds.Length <= MostBounds && !counts.IsDefault && counts.Length == bounds.Length + 1
            && bounds.All(double.IsFinite) && bounds.Zip(bounds.Skip(1)).All(pair => pair.First < pair.Second)
            && counts.All(count => count >= 0 && double.IsFinite(count));
        if (!isOne)
        {
            throw new DeploymentException("A histogram needs rising, finite bounds, at most 2,000, and for each of them a count of 0 or more, and one for all that is larger.");
        }

        Bounds = bounds;
        Counts = counts;
    }

    /// <summary>The buckets' upper bounds.</summary>
    public ImmutableArray<double> Bounds { get; }

    /// <summary>How many events each bucket has.</summary>
    public ImmutableArray<double> Counts { get; }

    /// <summary>How many events there are.</summary>
    [JsonIgnore]
    public double Events => Counts.Sum();

    /// <summary>
    /// The quantile, as if the events of a bucket lay evenly in it; those above the highest bound count as that bound. NaN without events.
    /// </summary>
    /// <param name="quantile">Above 0, below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The quantile is none.</exception>
    public double Quantile(double quantile)
    {
        if (quantile is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(quantile), quantile, "A quantile is above 0 and below 1.");
        }

        (int bucket, double share) = Place(quantile);
        (double lower, double upper) = Ends(bucket);
        return Events <= 0 ? double.NaN : double.IsInfinity(upper) ? lower : lower + ((upper - lower) * share);
    }

    /// <summary>Between which bounds a quantile lies: all that is known of it. The upper one is infinite above the highest bound; NaN without events.</summary>
    internal (double Lower, double Upper) Within(double quantile) => Events > 0 ? Ends(Place(quantile).Bucket) : (double.NaN, double.NaN);

    /// <summary>How many events were larger than a bound. What lies between two bounds counts by the higher one.</summary>
    public double Above(double limit)
    {
        double above = Counts[^1];
        for (int i = 0; i < Bounds.Length; i++)
        {
            above += Bounds[i] > limit ? Counts[i] : 0;
        }

        return above;
    }

    /// <summary>Both together.</summary>
    /// <exception cref="DeploymentException">Their buckets differ.</exception>
    public MetricHistogram Plus(MetricHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Sum([this, other]);
    }

    /// <summary>All together.</summary>
    /// <param name="histograms">One or more.</param>
    /// <exception cref="DeploymentException">Their buckets differ.</exception>
    internal static MetricHistogram Sum(IReadOnlyList<MetricHistogram> histograms)
    {
        ImmutableArray<double> bounds = histograms[0].Bounds;
        double[] counts = new double[bounds.Length + 1];
        foreach (MetricHistogram histogram in histograms)
        {
            if (histogram.Bounds != bounds && !histogram.Bounds.SequenceEqual(bounds))
            {
                throw new DeploymentException("Histograms of other buckets can't be added: the release must measure in the buckets of the one that it is compared with.");
            }

            for (int i = 0; i < counts.Length; i++)
            {
                counts[i] += histogram.Counts[i];
            }
        }

        return new MetricHistogram(bounds, [.. counts]);
    }

    /// <summary>In which bucket a quantile lies, and how much of that bucket's events lie below it.</summary>
    private (int Bucket, double Share) Place(double quantile)
    {
        double wanted = quantile * Events;
        double before = 0;
        for (int i = 0; i < Bounds.Length && wanted > 0; i++)
        {
            if (Counts[i] > 0 && before + Counts[i] >= wanted)
            {
                return (i, (wanted - before) / Counts[i]);
            }

            before += Counts[i];
        }

        return (Bounds.Length, 0);
    }

    private (double Lower, double Upper) Ends(int bucket) =>
        (bucket == 0 ? Math.Min(0, Bounds[0]) : Bounds[bucket - 1], bucket < Bounds.Length ? Bounds[bucket] : double.PositiveInfinity);

    /// <summary>Whether bounds and counts are the same.</summary>
    public bool Equals(MetricHistogram? other) => other is not null && Bounds.SequenceEqual(other.Bounds) && Counts.SequenceEqual(other.Counts);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Bounds.Length, Bounds[0], Events);
}
