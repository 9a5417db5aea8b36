namespace Deployment.Analysis.Sequential;

/// <summary>
/// The sums from which a version's dispersion is read, kept batch by batch. They are taken around the version's own share of bad
/// answers, so that a difference between the versions is not mistaken for noise.
/// </summary>
/// <remarks>
/// With n the answers and k the bad ones of a batch, and p the share of bad ones in all batches, a residual is k − n·p. Its square and
/// its product with the next batch's residual are polynomials in p, so that sums of n², k², n·k and of neighbours are enough.
/// </remarks>
internal sealed class SideDispersion
{
    private SideCounts _last;
    private SideCounts _total;
    private double _eventsSquared;
    private double _badSquared;
    private double _eventsBad;
    private double _eventsNext;
    private double _badNext;
    private double _crossed;

    /// <summary>How many batches had answers.</summary>
    internal int Batches { get; private set; }

    /// <summary>Adds a batch; one without answers tells nothing of dispersion, and is skipped.</summary>
    internal void Add(SideCounts batch)
    {
        if (batch.Events == 0)
        {
            return;
        }

        double events = batch.Events;
        double bad = batch.Bad;
        _eventsNext += events * _last.Events;
        _badNext += bad * _last.Bad;
        _crossed += (events * _last.Bad) + (bad * _last.Events);
        _eventsSquared += events * events;
        _badSquared += bad * bad;
        _eventsBad += events * bad;
        _total += batch;
        _last = batch;
        Batches++;
    }

    /// <summary>The sums as they stand.</summary>
    /// <param name="commonShare">The share of bad answers of both versions together, which equal versions have.</param>
    internal DispersionSums Sums(double commonShare)
    {
        if (Batches < 2)
        {
            return new DispersionSums(1, Batches, 0, 0, 0);
        }

        double share = _total.BadShare;
        double expected = _total.Events * commonShare * (1 - commonShare);
        double squares = _badSquared - (2 * share * _eventsBad) + (share * share * _eventsSquared);
        double neighbours = _badNext - (share * _crossed) + (share * share * _eventsNext);
        return new DispersionSums(1, Batches, expected, Math.Max(0, squares), neighbours);
    }
}
