using Deployment.Analysis.Sequential;
using Deployment.Benchmarks.Workload.Streams;

namespace Deployment.Benchmarks.Workload.Judges;

/// <summary>A pair of streams second by second, the same for all judges of a run: what chance it takes is that of the run's number.</summary>
internal sealed class JudgedStreams(StreamKind kind, JudgedTraffic traffic, int run)
{
    private readonly Random _random = new(unchecked((run * 2_000_003) + 77_777));
    private readonly ErrorStream _candidate = kind.Create();
    private readonly ErrorStream _baseline = kind.Create();

    internal Batch Next() => new(
        new SideCounts(traffic.AnswersPerSecond, _candidate.Next(traffic.AnswersPerSecond, traffic.CandidateShare, _random)),
        new SideCounts(traffic.AnswersPerSecond, _baseline.Next(traffic.AnswersPerSecond, traffic.BaselineShare, _random)));
}
