namespace Deployment.Analysis.Statistics;

/// <summary>How the size of a difference is told.</summary>
internal enum EffectSizeMeasure
{
    /// <summary>The candidate's mean divided by the baseline's; 1 is no difference.</summary>
    MeanRatio,

    /// <summary>In which share of all pairs the candidate's value is larger; 0.5 is no difference.</summary>
    CommonLanguage,
}
