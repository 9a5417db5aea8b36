namespace Deployment.Benchmarks.Workload.Streams;

/// <summary>How one version's bad answers come, second by second, with a given share of bad ones in the long run.</summary>
internal abstract class ErrorStream
{
    /// <summary>The bad ones among the next second's answers.</summary>
    /// <param name="answers">How many answers there are in this second.</param>
    /// <param name="badShare">The share of bad ones that is to be expected.</param>
    /// <param name="random">Where chance comes from.</param>
    internal abstract int Next(int answers, double badShare, Random random);
}
