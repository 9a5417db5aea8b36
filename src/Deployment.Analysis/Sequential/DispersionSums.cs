namespace Deployment.Analysis.Sequential;

/// <summary>What dispersion is read from; sums of several versions add up.</summary>
/// <param name="Sides">Of how many versions the sums are.</param>
/// <param name="Batches">How many batches had answers.</param>
/// <param name="Expected">The sum of the squared residuals that independent answers would have: Σ n·p·(1 − p), with p the share of both versions together.</param>
/// <param name="Squares">The sum of the squared residuals that were seen.</param>
/// <param name="Neighbours">The sum of the products of a residual with the next batch's.</param>
internal readonly record struct DispersionSums(int Sides, int Batches, double Expected, double Squares, double Neighbours)
{
    public static DispersionSums operator +(DispersionSums left, DispersionSums right) => new(
        left.Sides + right.Sides,
        left.Batches + right.Batches,
        left.Expected + right.Expected,
        left.Squares + right.Squares,
        left.Neighbours + right.Neighbours);
}
