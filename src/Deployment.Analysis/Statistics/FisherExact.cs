using System.Globalization;
using Deployment.Analysis.Sequential;
using MathNet.Numerics.Distributions;

namespace Deployment.Analysis.Statistics;

/// <summary>
/// Fisher's exact test that the candidate gives more bad answers than the baseline: for one look at little traffic, where no
/// approximation holds.
/// </summary>
/// <remarks>
/// Given how many answers each version gave and how many were bad in all, the candidate's bad ones are hypergeometric when the versions
/// are equal (Fisher 1935, Journal of the Royal Statistical Society 98). It holds for one look and for independent answers.
/// </remarks>
internal static class FisherExact
{
    /// <summary>What is smaller than this, beside the sum, doesn't change it.</summary>
    private const double Negligible = 1e-18;

    /// <summary>The chance that an equal candidate has as many bad answers, or more; 1 when a version gave no answer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Counts can't be, or both versions together gave more than 2,147,483,647 answers.</exception>
    internal static double PValue(SideCounts candidate, SideCounts baseline)
    {
        Check(candidate, nameof(candidate));
        Check(baseline, nameof(baseline));
        if (candidate.Events > int.MaxValue - baseline.Events)
        {
            throw new ArgumentOutOfRangeException(nameof(candidate), string.Create(CultureInfo.InvariantCulture, $"Both versions together must have at most {int.MaxValue} answers: {candidate} and {baseline}."));
        }

        return candidate.Events == 0 || baseline.Events == 0 ? 1 : Tail(candidate, candidate + baseline);
    }

    /// <summary>
    /// The upper tail, summed both ways from its largest term, each next one from the one before: the terms fall from there, so that few are needed,
    /// and none is lost for being too small to write down.
    /// </summary>
    private static double Tail(SideCounts candidate, SideCounts all)
    {
        double draws = candidate.Events;
        double bad = all.Bad;
        double good = all.Events - all.Bad;
        long most = Math.Min(all.Bad, candidate.Events);
        long mode = (long)((draws + 1) * (bad + 1) / (all.Events + 2.0));
        long largest = Math.Clamp(mode, candidate.Bad, most);
        double sum = 1;
        double term = 1;
        for (long k = largest; k < most && term > Negligible * sum; k++)
        {
            term *= (bad - k) * (draws - k) / ((k + 1) * (good - draws + k + 1));
            sum += term;
        }

        term = 1;
        for (long k = largest; k > candidate.Bad && term > Negligible * sum; k--)
        {
            term *= k * (good - draws + k) / ((bad - k + 1) * (draws - k + 1));
            sum += term;
        }

        return Math.Min(1, sum * Math.Exp(Hypergeometric.PMFLn((int)all.Events, (int)all.Bad, (int)candidate.Events, (int)largest)));
    }

    private static void Check(SideCounts side, string name)
    {
        if (!side.IsPossible)
        {
            throw new ArgumentOutOfRangeException(name, $"Bad answers must be 0 to all answers: {side}.");
        }
    }
}
