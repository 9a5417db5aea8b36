using System.Globalization;

namespace Deployment.Analysis;

/// <summary>What became of a rule at one look.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Judgement">What its judge said.</param>
/// <param name="Counts">Whether it was found for long enough, and often enough.</param>
internal sealed record RuleFinding(MonitorRule Rule, Judgement Judgement, bool Counts)
{
    /// <summary>The numbers, for the evidence.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Evidence()
    {
        Metric metric = Rule.Rule.Judge.Metrics[0];
        yield return KeyValuePair.Create(CheckEvidence.Rule, Rule.Text);
        yield return KeyValuePair.Create("judge", Rule.Rule.Judge.Name);
        foreach ((string name, double? value, bool inUnit) in new[]
        {
            ("value", Judgement.Value, true),
            ("value of the baseline", Judgement.BaselineValue, true),
            ("threshold", Judgement.Threshold, Rule.Rule.Judge is ThresholdJudge),
            ("effect", Judgement.Effect, Rule.Rule.Judge is ThresholdJudge),
            ("samples", (double?)Judgement.Size, false),
            ("samples of the baseline", Judgement.BaselineSize, false),
        })
        {
            if (value is { } known)
            {
                yield return KeyValuePair.Create(name, !inUnit ? Number(known) : Rule.Rule.Judge is ThresholdJudge judge ? judge.Text(known) : metric.Text(known));
            }
        }

        foreach ((string name, double figure) in Judgement.Figures)
        {
            yield return KeyValuePair.Create(name, Number(figure));
        }
    }

    private static string Number(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);
}
