namespace Deployment.Analysis;

/// <summary>How the size of a difference is told.</summary>
public enum EffectSizeMeasure
{
    /// <summary>The candidate's mean divided by the baseline's; 1 is no difference. Not for metrics that may be negative.</summary>
    MeanRatio,

    /// <summary>In which share of all pairs the candidate's value is larger, as Vargha and Delaney (2000) define it; 0.5 is no difference.</summary>
    CommonLanguage,
}
