using Deployment.Analysis;
using Deployment.Analysis.Comparison;
using Deployment.Analysis.Sequential;

namespace Deployment.Benchmarks.Workload.Judges;

/// <summary>
/// The comparison as Kayenta defines it, with its defaults, of the shares of errors in points of some seconds, looked at every so often
/// and always from the beginning. The only metric fails the release when it is high.
/// </summary>
internal sealed class KayentaJudge(int secondsBetweenLooks, int secondsOfAPoint) : StreamJudge
{
    private static readonly ComparedMetric Rule = new(Metric.ErrorRate);

    private readonly List<double> _candidate = [];
    private readonly List<double> _baseline = [];
    private Batch _point;
    private int _seconds;
    private bool _isWorse;

    internal override bool IsWorse(Batch second)
    {
        _point = new Batch(_point.Candidate + second.Candidate, _point.Baseline + second.Baseline);
        _seconds++;
        if (_seconds % secondsOfAPoint == 0)
        {
            _candidate.Add(_point.Candidate.BadShare);
            _baseline.Add(_point.Baseline.BadShare);
            _point = default;
        }

        if (!_isWorse && _seconds % secondsBetweenLooks == 0)
        {
            _isWorse = MetricClassifier.Classify(Rule, _candidate, _baseline).Label == MetricLabel.High;
        }

        return _isWorse;
    }
}
