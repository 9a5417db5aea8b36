namespace Deployment.Providers.Local.Router;

/// <summary>
/// Smooth weighted round robin over 100 places, laid out once: any 100 consecutive turns give each lane exactly its percentage,
/// and a lane's turns are spread evenly instead of in a block. Turning it is one atomic increment.
/// </summary>
internal sealed class Wheel
{
    private const int Places = 100;

    private readonly int[] _places;
    private long _turns = -1;

    /// <summary>Lays out a wheel.</summary>
    /// <param name="percents">The share of each lane; their sum is 100.</param>
    public Wheel(IReadOnlyList<int> percents)
    {
        if (percents.Sum() != Places || percents.Any(percent => percent < 0))
        {
            throw new DeploymentException($"The shares {string.Join(", ", percents)} can't be routed: they must add up to 100.");
        }

        _places = LayOut(percents);
    }

    /// <summary>The lane whose turn it is.</summary>
    public int Next() => _places[(int)((ulong)Interlocked.Increment(ref _turns) % Places)];

    private static int[] LayOut(IReadOnlyList<int> percents)
    {
        int[] credit = new int[percents.Count];
        int[] places = new int[Places];
        for (int place = 0; place < Places; place++)
        {
            int richest = 0;
            for (int lane = 0; lane < credit.Length; lane++)
            {
                credit[lane] += percents[lane];
                if (credit[lane] > credit[richest])
                {
                    richest = lane;
                }
            }

            credit[richest] -= Places;
            places[place] = richest;
        }

        return places;
    }
}
