namespace Deployment.Providers.Prometheus.Series;

/// <summary>
/// Finds the moments at which batches end. Instances are scraped at moments of their own, so a batch that ended at any moment would have
/// a scrape of some and none of others. A batch ends when each series that was there before has been scraped once more; one that isn't,
/// within some time of the first, is taken for gone, and what it counted meanwhile comes with its next sample. That way a batch is about
/// one scrape interval, and the batches are the same however often the source is read.
/// </summary>
internal static class CutFinder
{
    /// <summary>The end of the next batch; null when it isn't certain yet.</summary>
    /// <param name="tracks">All series.</param>
    /// <param name="last">The end of the last one.</param>
    /// <param name="patience">How long after the first sample the others are waited for.</param>
    /// <param name="gathering">While no series was there before: how long after the first one more are waited for. 0 for not at all.</param>
    internal static long? Next(IReadOnlyCollection<SeriesTrack> tracks, long last, TimeSpan patience, TimeSpan gathering)
    {
        if (tracks.Min(track => track.FirstAfter(last)) is not { } earliest)
        {
            return null;
        }

        long newest = tracks.Max(track => track.Newest);
        SeriesTrack[] established = [.. tracks.Where(track => track.First <= last && !track.IsGone)];
        long deadline = earliest + (long)(established.Length > 0 ? patience : gathering).TotalMilliseconds;
        IEnumerable<SeriesTrack> awaited = established.Length > 0 ? established : tracks;
        List<SeriesTrack> gone = [];
        long cut = earliest;
        foreach (SeriesTrack track in awaited)
        {
            if (track.FirstAfter(last) is { } first && first <= deadline)
            {
                cut = Math.Max(cut, first);
            }
            else
            {
                gone.Add(track);
            }
        }

        if ((gone.Count > 0 || established.Length == 0) && newest < deadline)
        {
            return null;
        }

        foreach (SeriesTrack track in gone)
        {
            track.IsGone = true;
        }

        foreach (SeriesTrack track in tracks.Where(track => track.FirstAfter(last) <= cut))
        {
            track.IsGone = false;
        }

        return cut;
    }
}
