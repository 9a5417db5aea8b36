namespace Deployment.Providers.Prometheus.Series;

/// <summary>
/// Counters that begin anew together: one alone, or the buckets of one histogram. Those of a histogram must be told together, because
/// after a restart some may already be higher than before, and look as if they had gone on.
/// </summary>
internal sealed class CounterGroup(IReadOnlyList<SeriesTrack> members)
{
    /// <summary>The series.</summary>
    internal IReadOnlyList<SeriesTrack> Members { get; } = members;

    /// <summary>Goes on to a moment.</summary>
    /// <param name="until">The moment.</param>
    /// <param name="grown">Told what each series grew by.</param>
    /// <returns>Whether a value was only what growth is told from, because the series was there before the last shift.</returns>
    internal bool Advance(long until, Action<SeriesTrack, double> grown)
    {
        bool isBasis = false;
        while (Members.Min(member => member.Next?.Time) is { } time && time <= until)
        {
            SeriesTrack[] scraped = [.. Members.Where(member => member.Next?.Time == time)];

            // A counter never falls: one that is lower than before began again at 0.
            bool restarted = scraped.Any(member => member.Next!.Value.Value < member.Held);
            foreach (SeriesTrack member in scraped)
            {
                double value = member.Take().Value;
                if (member.Held is null && member.BeganBefore)
                {
                    isBasis = true;
                }
                else
                {
                    grown(member, restarted ? value : value - (member.Held ?? 0));
                }

                member.Held = value;
            }
        }

        return isBasis;
    }
}
