using Deployment.Benchmarks.Workload.Streams;

namespace Deployment.Benchmarks.Workload.Judges;

/// <summary>A kind of stream by its name.</summary>
internal sealed record StreamKind(string Name, Func<ErrorStream> Create)
{
    internal static IReadOnlyList<StreamKind> All { get; } =
    [
        new("independent", () => new IndependentErrors()),
        new("bursts of 5", () => new BurstsOfErrors(5)),
        new("answers correlated by 0.5", () => new CorrelatedAnswers(0.5)),
        new("answers correlated by 0.8", () => new CorrelatedAnswers(0.8)),
        new("seconds correlated by 0.5", () => new CorrelatedSeconds(0.5)),
        new("seconds correlated by 0.8", () => new CorrelatedSeconds(0.8)),
    ];
}
