using System.Globalization;

namespace Deployment.Analysis.Sequential;

/// <summary>Says what the evidence of some metrics means.</summary>
internal static class SequentialJudgement
{
    /// <param name="told">The metric that decides.</param>
    /// <param name="all">Each of the judge's.</param>
    internal static Judgement Of(MetricEvidence told, IReadOnlyList<MetricEvidence> all)
    {
        SequentialReading reading = told.Reading;
        return new Judgement(
            told.IsWorse ? JudgementResult.Worse : told.Lack is not null ? JudgementResult.InsufficientData : JudgementResult.Well,
            told.IsWorse || told.Lack is null ? Sentence(told) : told.Lack)
        {
            // Of several metrics it would not be clear whose value it is: the figures have them all.
            Value = all.Count == 1 ? Known(told.Value, told) : null,
            BaselineValue = all.Count == 1 ? Known(told.BaselineValue, told) : null,
            Effect = reading.Ratio,
            Threshold = reading.Threshold,
            Size = reading.Candidate.Events,
            BaselineSize = reading.Baseline.Events,
            Figures = Figures(all),
        };
    }

    private static string Sentence(MetricEvidence told)
    {
        SequentialReading reading = told.Reading;
        string bad = told.Slow?.Limit is { } limit ? $"above {told.Metric.Text(limit)} for {told.Metric}" : $"bad for {told.Metric}";
        string found = told.IsWorse
            ? Text($"is {reading.EValue:0.#}; it reached {reading.Threshold:0.#}, from which on the release is called worse, at {told.Reached.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")
            : Text($"is {reading.EValue:0.###}, and from {reading.Threshold:0.#} on the release is called worse");
        return Text($"{reading.Candidate.Bad} of {reading.Candidate.Events} events ({reading.Candidate.BadShare * 100:0.###}%) were {bad}, beside {reading.Baseline.Bad} of {reading.Baseline.Events} ({reading.Baseline.BadShare * 100:0.###}%) of the baseline's: after {told.Batches} batches of {told.Length!.Value.TotalSeconds:0.###} s the e-value {found}.");
    }

    /// <summary>Of each metric; names bear the metric's where there are several.</summary>
    private static SortedDictionary<string, double> Figures(IReadOnlyList<MetricEvidence> all)
    {
        SortedDictionary<string, double> figures = new(StringComparer.Ordinal);
        foreach (MetricEvidence one in all)
        {
            string prefix = all.Count > 1 ? $"{one.Metric}: " : "";
            Add("e-value", one.Reading.EValue);
            Add("dispersion", one.Reading.Dispersion.Factor);
            Add("batches", one.Batches);
            Add("seconds of a batch", one.Length?.TotalSeconds);
            Add("limit", one.Slow?.Limit);
            Add("bad share", one.Paired > 0 ? one.Reading.Candidate.BadShare : null);
            Add("bad share of the baseline", one.Paired > 0 ? one.Reading.Baseline.BadShare : null);
            if (all.Count > 1 && one.Slow is not null)
            {
                Add("value", Known(one.Value, one));
                Add("value of the baseline", Known(one.BaselineValue, one));
            }

            void Add(string name, double? figure)
            {
                if (figure is { } known && double.IsFinite(known))
                {
                    figures[prefix + name] = known;
                }
            }
        }

        return figures;
    }

    private static double? Known(double value, MetricEvidence told) => told.Paired > 0 && double.IsFinite(value) ? value : null;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
