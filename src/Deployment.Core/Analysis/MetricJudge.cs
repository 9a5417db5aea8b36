namespace Deployment.Analysis;

/// <summary>Decides by the metrics of one window. Pure: it has no clock, no randomness and no state, so that a verdict can be replayed.</summary>
public abstract class MetricJudge
{
    /// <summary>What people call it, such as <c>threshold</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it looks at; at least one.</summary>
    public abstract IReadOnlyList<Metric> Metrics { get; }

    /// <summary>Whether it compares with a baseline. Where there is none, as at a first deployment, its rule is left out.</summary>
    public abstract bool NeedsBaseline { get; }

    /// <summary>Whether it needs candidate and baseline side by side, sample by sample: a baseline that was recorded before is none for it. Default false.</summary>
    public virtual bool NeedsLiveBaseline => false;

    /// <summary>Whether its rule may have a <see cref="MetricRule.Window"/> that moves on with the looks. Default: unless it needs both sides sample by sample, all since the shift.</summary>
    public virtual bool TakesWindow => !NeedsLiveBaseline;

    /// <summary>How long after a shift it can say something for the first time: a watch that is shorter is an error of the plan. Default 0.</summary>
    public virtual TimeSpan LeastTime => TimeSpan.Zero;

    /// <summary>Whether a release can't be well without samples of this metric, one of <see cref="Metrics"/>. Default true.</summary>
    public virtual bool Needs(Metric metric) => true;

    /// <summary>What it looks for, with its numbers, such as <c>error rate is above 10%</c>.</summary>
    public abstract string Condition { get; }

    /// <summary>Decides.</summary>
    /// <param name="window">Its metrics, cut to the rule's window, without the warm-up where that doesn't count.</param>
    public abstract Judgement Judge(MetricWindow window);
}
