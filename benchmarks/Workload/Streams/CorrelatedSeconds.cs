namespace Deployment.Benchmarks.Workload.Streams;

/// <summary>
/// Trouble lasts: each bad answer comes again in the next second with the chance of the correlation, besides new ones. The counts of
/// neighbouring seconds have that correlation and those h seconds apart its h-th power: an integer-valued autoregression
/// (Al-Osh and Alzaid 1987, Journal of Time Series Analysis 8).
/// </summary>
internal sealed class CorrelatedSeconds(double correlation) : ErrorStream
{
    private int? _last;

    internal override int Next(int answers, double badShare, Random random)
    {
        double share = _last is null ? badShare : badShare * (1 - correlation);
        int bad = 0;
        for (int i = 0; i < answers; i++)
        {
            bad += random.NextDouble() < share ? 1 : 0;
        }

        for (int i = 0; i < _last.GetValueOrDefault(); i++)
        {
            bad += random.NextDouble() < correlation ? 1 : 0;
        }

        _last = Math.Min(bad, answers);
        return _last.Value;
    }
}
