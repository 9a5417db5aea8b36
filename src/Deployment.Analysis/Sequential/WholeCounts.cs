namespace Deployment.Analysis.Sequential;

/// <summary>
/// Whole events of what sources count in fractions, as those do that extrapolate. What is left of one batch is carried into the next,
/// so that nothing is lost or made up over time.
/// </summary>
internal sealed class WholeCounts
{
    /// <summary>Sums of fractions that should be whole come out a little below.</summary>
    private const double Rounding = 1e-6;

    private double _events;
    private double _bad;

    internal SideCounts Add(double events, double bad)
    {
        _events += events;
        _bad += bad;
        long whole = (long)Math.Floor(_events + Rounding);
        long wholeBad = Math.Min(whole, (long)Math.Floor(_bad + Rounding));
        _events -= whole;
        _bad -= wholeBad;
        return new SideCounts(whole, wholeBad);
    }
}
