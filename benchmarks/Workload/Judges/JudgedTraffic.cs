namespace Deployment.Benchmarks.Workload.Judges;

/// <summary>How much each version answers, and how much of it badly.</summary>
internal sealed record JudgedTraffic(int AnswersPerSecond, double CandidateShare, double BaselineShare, int Seconds);
