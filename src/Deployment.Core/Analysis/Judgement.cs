using System.Collections.Immutable;

namespace Deployment.Analysis;

/// <summary>What a judge says of one window, with the numbers that it rests on.</summary>
/// <param name="Result">What it says.</param>
/// <param name="Reason">One sentence with the numbers in it.</param>
public sealed record Judgement(JudgementResult Result, string Reason)
{
    /// <summary>The candidate's value; null where there is none.</summary>
    public double? Value { get; init; }

    /// <summary>The baseline's; null where there is none.</summary>
    public double? BaselineValue { get; init; }

    /// <summary>What the value, the effect, or a figure of the judge such as a p-value is compared with; null where there is no such number.</summary>
    public double? Threshold { get; init; }

    /// <summary>The size of the effect, in the judge's own measure; null where it has none.</summary>
    public double? Effect { get; init; }

    /// <summary>How many events, or samples, the candidate has.</summary>
    public double Size { get; init; }

    /// <summary>How many the baseline has; null where it is not asked.</summary>
    public double? BaselineSize { get; init; }

    /// <summary>Further numbers of the judge, by name, such as a p-value.</summary>
    public IReadOnlyDictionary<string, double> Figures { get; init; } = ImmutableSortedDictionary<string, double>.Empty;
}
