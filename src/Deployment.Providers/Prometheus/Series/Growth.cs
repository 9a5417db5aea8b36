namespace Deployment.Providers.Prometheus.Series;

/// <summary>What the counters of a selector grew by, all together.</summary>
internal sealed class Growth(SelectorHistory history)
{
    /// <summary>Since it was last cleared.</summary>
    internal double Total { get; private set; }

    internal void Clear() => Total = 0;

    /// <inheritdoc cref="CounterGroup.Advance"/>
    internal bool Advance(long until)
    {
        bool isBasis = false;
        foreach (SeriesTrack track in history.Tracks)
        {
            isBasis |= new CounterGroup([track]).Advance(until, (_, growth) => Total += growth);
        }

        return isBasis;
    }
}
