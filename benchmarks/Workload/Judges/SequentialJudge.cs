using Deployment.Analysis;
using Deployment.Analysis.Sequential;

namespace Deployment.Benchmarks.Workload.Judges;

/// <summary>The sequential comparison with its defaults, looked at every second.</summary>
internal sealed class SequentialJudge : StreamJudge
{
    private readonly SequentialComparison _comparison = new(new SequentialOptions());

    internal override bool IsWorse(Batch second) => _comparison.Add(second).IsWorse;
}
