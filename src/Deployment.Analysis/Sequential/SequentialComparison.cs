using System.Globalization;

namespace Deployment.Analysis.Sequential;

/// <summary>
/// Whether a candidate gives more bad answers than its baseline, asked after every batch: however often it is looked, a candidate that
/// is not worse is called so no more often than the chosen rate, as far as the dispersion of the answers is estimated right.
/// </summary>
/// <remarks>
/// An e-process (Ramdas, Grünwald, Vovk and Shafer 2023, Statistical Science 38): by Ville's inequality a nonnegative process that starts
/// at 1 and can't be expected to grow reaches 1/α with a probability of at most α. For independent answers this holds exactly; for
/// others the logarithm of the evidence is divided by their dispersion, which is estimated, and it holds as far as that is right.
/// docs/judges.md has the mathematics, and what simulations found.
/// </remarks>
internal sealed class SequentialComparison
{
    private readonly SequentialOptions _options;
    private readonly RatioEvidence _evidence;
    private readonly Starts _starts;
    private readonly SideDispersion _candidateDispersion = new();
    private readonly SideDispersion _baselineDispersion = new();
    private SideCounts _candidate;
    private SideCounts _baseline;

    /// <exception cref="ArgumentException">The options can't be; the message has all that is wrong with them.</exception>
    internal SequentialComparison(SequentialOptions options)
    {
        if (options.Problems() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        }

        _options = options;
        _evidence = new RatioEvidence(options.Tolerance);
        _starts = new Starts(options.BatchesBetweenStarts);
    }

    /// <summary>Whether the candidate was found worse, at the last batch or one before.</summary>
    internal bool IsWorse { get; private set; }

    /// <summary>Takes a batch and says what is known now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more bad answers than answers, or fewer than none.</exception>
    internal SequentialReading Add(Batch batch)
    {
        Take(batch);
        return Read();
    }

    /// <summary>Takes a batch. One of one version alone tells only how its bad answers scatter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more bad answers than answers, or fewer than none.</exception>
    internal void Take(Batch batch)
    {
        if (!batch.Candidate.IsPossible || !batch.Baseline.IsPossible)
        {
            throw new ArgumentOutOfRangeException(nameof(batch), string.Create(CultureInfo.InvariantCulture, $"Bad answers must be 0 to all answers, and are {batch.Candidate.Bad} of {batch.Candidate.Events} for the candidate and {batch.Baseline.Bad} of {batch.Baseline.Events} for the baseline."));
        }

        _candidateDispersion.Add(batch.Candidate);
        _baselineDispersion.Add(batch.Baseline);
        _candidate += batch.Candidate;
        _baseline += batch.Baseline;
        _evidence.Add(batch);
        double dispersion = DispersionNow().Factor;

        // The e-value is a sum over all starts: it is worked out only when it may have reached the threshold.
        IsWorse |= _starts.AtMost(_evidence.Logs, dispersion) >= _options.Threshold && _starts.EValue(_evidence.Logs, dispersion) >= _options.Threshold;
        _starts.Pass(_evidence.Logs, dispersion);
    }

    /// <summary>What is known after the batches that were taken.</summary>
    internal SequentialReading Read()
    {
        Dispersion dispersion = DispersionNow();
        return new SequentialReading
        {
            IsWorse = IsWorse,
            EValue = _starts.EValue(_evidence.Logs, dispersion.Factor),
            Threshold = _options.Threshold,
            Candidate = _candidate,
            Baseline = _baseline,
            Dispersion = dispersion,
        };
    }

    private Dispersion DispersionNow() => _options.Prior is { } prior ? Dispersion.Of(Sums(), prior) : Dispersion.None;

    /// <summary>Residuals are taken around each version's own share, and what is to be expected of independent answers from the common one.</summary>
    private DispersionSums Sums()
    {
        double share = (_candidate + _baseline).BadShare;
        return _candidateDispersion.Sums(share) + _baselineDispersion.Sums(share);
    }
}
