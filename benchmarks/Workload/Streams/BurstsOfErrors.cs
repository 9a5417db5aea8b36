namespace Deployment.Benchmarks.Workload.Streams;

/// <summary>Bad answers come in groups that follow each other without a gap, also across the end of a second.</summary>
internal sealed class BurstsOfErrors(int size) : ErrorStream
{
    private int _left;

    internal override int Next(int answers, double badShare, Random random)
    {
        // A burst begins after a good answer, so that the share of bad ones is c·s/(c·s + 1 - c) for a chance c.
        double chance = badShare / (badShare + (size * (1 - badShare)));
        int bad = 0;
        for (int i = 0; i < answers; i++)
        {
            if (_left == 0 && random.NextDouble() < chance)
            {
                _left = size;
            }

            if (_left > 0)
            {
                _left--;
                bad++;
            }
        }

        return bad;
    }
}
