using Deployment.Analysis.Sequential;
using MathNet.Numerics.Distributions;

namespace Deployment.Benchmarks.Workload.Judges;

/// <summary>The one-sided test of two proportions at 1%, as if each look were the only one: what the others must be better than.</summary>
internal sealed class RepeatedProportions : StreamJudge
{
    private const long FewestErrors = 10;
    private static readonly double Limit = Normal.InvCDF(0, 1, 0.99);
    private SideCounts _candidate;
    private SideCounts _baseline;

    internal override bool IsWorse(Batch second)
    {
        _candidate += second.Candidate;
        _baseline += second.Baseline;
        double pooled = (_candidate + _baseline).BadShare;
        double deviation = Math.Sqrt(pooled * (1 - pooled) * ((1.0 / _candidate.Events) + (1.0 / _baseline.Events)));
        return deviation > 0 && (_candidate + _baseline).Bad >= FewestErrors && (_candidate.BadShare - _baseline.BadShare) / deviation > Limit;
    }
}
