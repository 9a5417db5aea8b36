namespace Deployment.Analysis.Sequential;

/// <summary>
/// The moments from which evidence is counted: the beginning, and every so many batches after it, so that a version that turns bad
/// late is not excused by its good past.
/// </summary>
/// <remarks>
/// A weighted sum of e-processes whose weights sum to 1 is one, where each is 1 before its start (Shin, Ramdas and Rinaldo 2024,
/// "E-detectors"; Robbins' method of mixtures). The beginning has three quarters of the weight and the j-th later start 1/(4·j·(j + 1)). Only
/// the latest are followed: the oldest is stopped, and an e-process that is stopped keeps its value.
/// </remarks>
internal sealed class Starts(int batchesBetween)
{
    /// <summary>As many as there are at most, besides the beginning.</summary>
    private const int Kept = 64;

    private const double Beginning = 0.75;
    private const double Later = 1 - Beginning;

    private readonly Queue<Start> _later = [];
    private int _batches;
    private int _count;
    private double _stopped;

    /// <summary>For each ratio the least that the evidence was at a start that is followed; the beginning's is 0.</summary>
    private double[] _lowest = new double[RatioEvidence.Ratios.Length];

    /// <summary>Counts a batch that was added to the evidence, and starts anew after it when it is time.</summary>
    internal void Pass(ReadOnlySpan<double> logs, double dispersion)
    {
        if (++_batches % batchesBetween != 0)
        {
            return;
        }

        _count++;
        _later.Enqueue(new Start(Later / ((double)_count * (_count + 1)), logs.ToArray()));
        if (_later.Count > Kept)
        {
            _stopped += _later.Dequeue().EValue(logs, dispersion);
        }

        _lowest = [.. _lowest.Select((_, ratio) => Math.Min(0, _later.Min(start => start.Logs[ratio])))];
    }

    /// <summary>
    /// What the e-value can be at most, for the price of one start: all weights sum to 1 at most, and no start has grown by more than from the lowest.
    /// </summary>
    internal double AtMost(ReadOnlySpan<double> logs, double dispersion)
    {
        double most = 0;
        for (int i = 0; i < logs.Length; i++)
        {
            most = Math.Max(most, logs[i] - _lowest[i]);
        }

        // A little more, for what rounding may do.
        return (_stopped + Math.Exp(most / dispersion)) * (1 + 1e-9);
    }

    /// <summary>The e-value: over all starts and all ratios the mean of the evidence since the start, tempered by the dispersion.</summary>
    internal double EValue(ReadOnlySpan<double> logs, double dispersion)
    {
        double sum = Beginning * Mean(logs, [], dispersion);
        foreach (Start start in _later)
        {
            sum += start.EValue(logs, dispersion);
        }

        // What has not started yet stands at 1, and the weights of all starts after the j-th sum to 1/(4·(j + 1)).
        return sum + _stopped + (Later / (_count + 1));
    }

    private static double Mean(ReadOnlySpan<double> logs, ReadOnlySpan<double> since, double dispersion)
    {
        double sum = 0;
        for (int i = 0; i < logs.Length; i++)
        {
            sum += Math.Exp((logs[i] - (since.IsEmpty ? 0 : since[i])) / dispersion);
        }

        return sum / logs.Length;
    }

    private sealed record Start(double Weight, double[] Logs)
    {
        /// <summary>The evidence since this start, by its weight.</summary>
        internal double EValue(ReadOnlySpan<double> logs, double dispersion) => Weight * Mean(logs, Logs, dispersion);
    }
}
