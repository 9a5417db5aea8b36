namespace Deployment.Analysis.Sequential;

/// <summary>
/// The logarithm of the evidence that bad answers are ρ times as likely on the candidate as is tolerated, for each ρ of a fixed grid.
/// </summary>
/// <remarks>
/// Of the K bad answers of a batch, each is the candidate's with probability q when the versions are as different as is tolerated at
/// most: q = a·τ/(a·τ + b), with a and b the answers of candidate and baseline and τ the tolerated ratio of odds. That many are the
/// candidate's is hypergeometric when the answers are independent, and a hypergeometric expectation of a convex function is at most
/// the binomial one (Hoeffding 1963, Journal of the American Statistical Association 58, theorem 4). So ρ^k/(q·ρ + 1 − q)^K has an
/// expectation of at most 1 given K, whatever the share of bad answers is and however it changes from batch to batch; its product
/// over batches is a test martingale or falls (Ville 1939). The comparison of two rates given their sum is that of Przyborowski and
/// Wilenski (1940, Biometrika 31).
/// </remarks>
internal sealed class RatioEvidence
{
    private readonly double _tolerated;
    private readonly double[] _logs = new double[Ratios.Length];

    internal RatioEvidence(double tolerance) => _tolerated = 1 + tolerance;

    /// <summary>From half more to twenty times: a coarse grid loses little, and what lies between two ratios is found by both.</summary>
    internal static ReadOnlySpan<double> Ratios => [1.5, 2, 3, 4.5, 7, 11, 20];

    /// <summary>The logarithms as they stand, before tempering; one for each of <see cref="Ratios"/>.</summary>
    internal ReadOnlySpan<double> Logs => _logs;

    /// <summary>Adds a batch. Without a bad answer, or with answers of one version alone, it says nothing.</summary>
    internal void Add(Batch batch)
    {
        long bad = batch.Candidate.Bad + batch.Baseline.Bad;
        if (bad == 0 || batch.Candidate.Events == 0 || batch.Baseline.Events == 0)
        {
            return;
        }

        double candidate = batch.Candidate.Events * _tolerated;
        double share = candidate / (candidate + batch.Baseline.Events);
        for (int i = 0; i < _logs.Length; i++)
        {
            _logs[i] += (batch.Candidate.Bad * Math.Log(Ratios[i])) - (bad * Math.Log((share * Ratios[i]) + 1 - share));
        }
    }
}
