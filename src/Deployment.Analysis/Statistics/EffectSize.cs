namespace Deployment.Analysis.Statistics;

/// <summary>How large a difference is, beside how sure it is.</summary>
internal static class EffectSize
{
    /// <summary>The effect size, or NaN where it can't be told. Both samples must have values.</summary>
    internal static double Of(EffectSizeMeasure measure, IReadOnlyCollection<double> candidate, IReadOnlyCollection<double> baseline) =>
        measure == EffectSizeMeasure.CommonLanguage ? CommonLanguage(candidate, baseline) : MeanRatio(candidate, baseline);

    /// <summary>What means no difference.</summary>
    internal static double Neutral(EffectSizeMeasure measure) => measure == EffectSizeMeasure.CommonLanguage ? 0.5 : 1;

    /// <summary>The ratio of the means; NaN when one of them is 0, as in Kayenta.</summary>
    private static double MeanRatio(IReadOnlyCollection<double> candidate, IReadOnlyCollection<double> baseline)
    {
        double above = candidate.Average();
        double below = baseline.Average();
        return above == 0 || below == 0 ? double.NaN : above / below;
    }

    /// <summary>U/(m·n): the common language effect size of McGraw and Wong as Vargha and Delaney (2000) define it, ties counting one half.</summary>
    private static double CommonLanguage(IReadOnlyCollection<double> candidate, IReadOnlyCollection<double> baseline) =>
        RankSums.U(candidate, baseline) / ((double)candidate.Count * baseline.Count);
}
