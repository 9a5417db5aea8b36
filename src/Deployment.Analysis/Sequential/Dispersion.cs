namespace Deployment.Analysis.Sequential;

/// <summary>
/// How much more bad answers scatter than independent ones would: the long-run variance of the counts, divided by the binomial one.
/// Bursts of m errors have a dispersion of m; batches whose counts are correlated by r from each to the next have (1 + r)/(1 − r).
/// </summary>
/// <remarks>
/// Quasi-likelihood (Wedderburn 1974; McCullagh and Nelder, Generalized Linear Models, 2nd edition, 4.5 and 9.2) divides the log
/// likelihood by this factor. The ratio of variances is Pearson's; the factor (1 + r)/(1 − r) is the integrated autocorrelation of a
/// first-order autoregression (Priestley, Spectral Analysis and Time Series, 1981, 5.3.2).
/// </remarks>
/// <param name="Ratio">The variance of a batch, divided by that of independent answers.</param>
/// <param name="Correlation">Of each batch with the next; 0 or more.</param>
internal readonly record struct Dispersion(double Ratio, double Correlation)
{
    /// <summary>A stretch that looks like one unbroken correlation still tells something.</summary>
    private const double MostCorrelated = 0.98;

    /// <summary>Independent answers.</summary>
    internal static Dispersion None { get; } = new(1, 0);

    /// <summary>The factor by which evidence is divided; 1 or more, since less than independent scatter is luck.</summary>
    internal double Factor => Math.Max(1, Ratio * (1 + Correlation) / (1 - Correlation));

    /// <summary>Reads the dispersion of both versions together from their sums, on the side of caution.</summary>
    internal static Dispersion Of(DispersionSums sums, DispersionPrior prior)
    {
        double batches = Math.Max(1, sums.Batches);
        double ofEach = batches / Math.Max(1, sums.Sides);
        double correlation = CorrelationOf(sums, prior, batches, ofEach);
        double worth = (1 + correlation) / (1 - correlation);

        // The mean follows what is correlated, so that the residuals have lost as many degrees of freedom as batches are worth one.
        double expected = sums.Expected * (1 - (Math.Min(ofEach / 2, worth) / ofEach));
        double weight = Math.Max(prior.Weight, prior.Batches * expected / batches);
        double ratio = (sums.Squares + (weight * prior.Ratio)) / (expected + weight);

        // The evidence is divided by an estimate, and 1/estimate is too large on average by 1 + its relative variance, which for a
        // variance from N/worth independent pieces is 2·worth/N.
        return new Dispersion(ratio * (1 + (2 * worth / (ofEach + prior.Batches))), correlation);
    }

    private static double CorrelationOf(DispersionSums sums, DispersionPrior prior, double batches, double ofEach)
    {
        double weight = Math.Max(prior.Weight, prior.Batches * sums.Squares / batches);
        double seen = sums.Squares == 0 ? 0 : Math.Max(0, sums.Neighbours / sums.Squares);

        // Around an estimated mean a correlation r comes out too small by about (1 + 3·r)/N (Kendall 1954, Biometrika 41).
        double corrected = Math.Min(MostCorrelated, seen + ((1 + (3 * seen)) / ofEach));
        double total = sums.Squares + weight;
        return total == 0 ? 0 : ((sums.Squares * corrected) + (weight * prior.Correlation)) / total;
    }
}
