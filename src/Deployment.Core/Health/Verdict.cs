using System.Collections.Immutable;
using Deployment.Runbooks;

namespace Deployment.Health;

/// <summary>A check's decision with its evidence.</summary>
/// <param name="Result">The decision.</param>
/// <param name="Reason">One sentence that a person on call understands.</param>
public sealed record Verdict(VerdictResult Result, string Reason)
{
    /// <summary>What it rests on: what was asked, how often, what was answered. Never secrets.</summary>
    public IReadOnlyDictionary<string, string> Evidence { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What the check wants done about a failure or missing data; null, the default, for what its step says. Then missing data holds the run where a failure would roll back.</summary>
    public FailureAction? OnFailure { get; init; }

    /// <summary>A pass.</summary>
    public static Verdict Pass(string reason) => new(VerdictResult.Pass, reason);

    /// <summary>A failure.</summary>
    public static Verdict Fail(string reason) => new(VerdictResult.Fail, reason);

    /// <summary>Too little data.</summary>
    public static Verdict InsufficientData(string reason) => new(VerdictResult.InsufficientData, reason);
}
