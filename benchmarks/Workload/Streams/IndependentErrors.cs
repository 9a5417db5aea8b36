namespace Deployment.Benchmarks.Workload.Streams;

/// <summary>Each answer is bad by itself.</summary>
internal sealed class IndependentErrors : ErrorStream
{
    internal override int Next(int answers, double badShare, Random random)
    {
        int bad = 0;
        for (int i = 0; i < answers; i++)
        {
            bad += random.NextDouble() < badShare ? 1 : 0;
        }

        return bad;
    }
}
