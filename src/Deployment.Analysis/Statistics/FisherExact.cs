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
    /// <summary>The chance that an equal candidate has as many bad answers, or more; 1 when a version gave no answer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Counts can't be, or both versions together gave more than 2,147,483,647 answers.</exception>
    internal static double PValue(SideCounts candidate, SideCounts baseline)
    {
        SideCounts all = candidate + baseline;
        if (!candidate.IsPossible || !baseline.IsPossible || all.Events > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(candidate), $"Bad answers must be 0 to all answers, and answers at most {int.MaxValue}: {candidate} and {baseline}.");
        }

        if (candidate.Events == 0 || baseline.Events == 0)
        {
            return 1;
        }

        // From the far end, so that the smallest chances are added first.
        double sum = 0;
        for (long bad = Math.Min(all.Bad, candidate.Events); bad >= candidate.Bad; bad--)
        {
            sum += Math.Exp(Hypergeometric.PMFLn((int)all.Events, (int)all.Bad, (int)candidate.Events, (int)bad));
        }

        return Math.Min(1, sum);
    }
}
