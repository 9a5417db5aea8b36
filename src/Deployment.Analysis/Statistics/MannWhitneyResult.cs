namespace Deployment.Analysis.Statistics;

/// <summary>What the Mann-Whitney test says of two samples x and y.</summary>
/// <param name="U">In how many pairs x is larger; a tie counts one half.</param>
/// <param name="PValue">Of the two-sided test that neither tends to be larger; 0 to 1.</param>
/// <param name="Estimate">How far x lies above y: the median of all differences x − y (Hodges and Lehmann).</param>
/// <param name="Lower">The lower end of the shift's confidence interval.</param>
/// <param name="Upper">Its upper end.</param>
internal sealed record MannWhitneyResult(double U, double PValue, double Estimate, double Lower, double Upper);
