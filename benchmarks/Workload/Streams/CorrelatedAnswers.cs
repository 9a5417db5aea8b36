namespace Deployment.Benchmarks.Workload.Streams;

/// <summary>A bad answer makes the next one more likely to be bad: a Markov chain of answers, the neighbours of which are correlated.</summary>
internal sealed class CorrelatedAnswers(double correlation) : ErrorStream
{
    private bool? _lastWasBad;

    internal override int Next(int answers, double badShare, Random random)
    {
        int bad = 0;
        for (int i = 0; i < answers; i++)
        {
            double chance = _lastWasBad switch
            {
                null => badShare,
                true => badShare + (correlation * (1 - badShare)),
                false => badShare * (1 - correlation),
            };
            _lastWasBad = random.NextDouble() < chance;
            bad += _lastWasBad.Value ? 1 : 0;
        }

        return bad;
    }
}
