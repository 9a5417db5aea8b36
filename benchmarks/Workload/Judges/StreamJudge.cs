using Deployment.Analysis.Sequential;

namespace Deployment.Benchmarks.Workload.Judges;

/// <summary>A judge that is shown both versions' answers second by second.</summary>
internal abstract class StreamJudge
{
    /// <summary>Shows a second's answers; true from the first look on at which the candidate is called worse.</summary>
    internal abstract bool IsWorse(Batch second);
}
