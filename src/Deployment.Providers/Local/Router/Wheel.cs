namespace Deployment.Providers.Local.Router;

/// <summary>
/// Smooth weighted round robin over as many places as the weights add up to, laid out once: so many consecutive turns give each lane exactly
/// its weight, and a lane's turns are spread evenly instead of in a block. Turning it is one atomic increment.
/// </summary>
internal sealed class Wheel
{
    private const int Percent = 100;

    private readonly int[] _places;
    private long _turns = -1;

    /// <summary>Lays out a wheel.</summary>
    /// <param name="weights">The share of each lane.</param>
    /// <param name="places">What they must add up to: 100 where they are percent.</param>
    public Wheel(IReadOnlyList<int> weights, int places = Percent)
    {
        if (weights.Sum() != places || weights.Any(weight => weight < 0))
        {
            throw new DeploymentException($"The shares {string.Join(", ", weights)} can't be routed: they must add up to {places}.");
        }

        _places = LayOut(weights, places);
    }

    /// <summary>The lane whose turn it is.</summary>
    public int Next() => _places[(int)((ulong)Interlocked.Increment(ref _turns) % (ulong)_places.Length)];

    private static int[] LayOut(IReadOnlyList<int> weights, int count)
    {
        int[] credit = new int[weights.Count];
        int[] places = new int[count];
        for (int place = 0; place < count; place++)
        {
            int richest = 0;
            for (int lane = 0; lane < credit.Length; lane++)
            {
                credit[lane] += weights[lane];
                if (credit[lane] > credit[richest])
                {
                    richest = lane;
                }
            }

            credit[richest] -= count;
            places[place] = richest;
        }

        return places;
    }
}
