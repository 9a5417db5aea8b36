namespace Deployment.Analysis.Statistics;

/// <summary>
/// All differences x − y of two samples, in order, without writing them down: the k-th smallest is found by counting, in time
/// proportional to the samples' sizes.
/// </summary>
internal sealed class PairwiseDifferences
{
    private readonly double[] _x;
    private readonly double[] _y;

    /// <param name="x">Finite values, at least one.</param>
    /// <param name="y">Finite values, at least one.</param>
    internal PairwiseDifferences(IEnumerable<double> x, IEnumerable<double> y)
    {
        _x = [.. x.Order()];
        _y = [.. y.Order()];
    }

    /// <summary>How many there are.</summary>
    internal long Count => (long)_x.Length * _y.Length;

    /// <summary>The mean of the two differences in the middle, or the one.</summary>
    internal double Median => (Smallest((Count + 1) / 2) / 2) + (Smallest((Count / 2) + 1) / 2);

    /// <summary>The k-th smallest difference.</summary>
    /// <param name="k">From 1 to <see cref="Count"/>; what is outside is taken for the nearest.</param>
    internal double Smallest(long k)
    {
        k = Math.Clamp(k, 1, Count);
        long low = Ordered(_x[0] - _y[^1]);
        long high = Ordered(_x[^1] - _y[0]);
        while (low < high)
        {
            long middle = low + (long)((ulong)(high - low) / 2);
            if (CountUpTo(Value(middle)) >= k)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return Value(low);
    }

    private long CountUpTo(double limit)
    {
        long count = 0;
        int y = 0;
        foreach (double x in _x)
        {
            // The larger x is, the larger a y must be for their difference to stay small.
            while (y < _y.Length && x - _y[y] > limit)
            {
                y++;
            }

            count += _y.Length - y;
        }

        return count;
    }

    /// <summary>Whole numbers in the order of the doubles, so that a search by halves ends at one of them exactly.</summary>
    private static long Ordered(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        return bits >= 0 ? bits : long.MinValue - bits;
    }

    private static double Value(long ordered) => BitConverter.Int64BitsToDouble(ordered >= 0 ? ordered : long.MinValue - ordered);
}
