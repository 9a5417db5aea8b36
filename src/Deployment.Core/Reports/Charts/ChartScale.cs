using Deployment.Analysis;

namespace Deployment.Reports.Charts;

/// <summary>From where to where the values of a chart go.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end, above the lower one.</param>
internal readonly record struct ChartScale(double Low, double High)
{
    private static readonly double[] Steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

    /// <summary>A scale that has all values. Levels have no natural zero that they should be seen against; all else begins at 0.</summary>
    internal static ChartScale Of(MetricKind kind, IReadOnlyList<double> values)
    {
        double low = values.DefaultIfEmpty(0).Min();
        double high = values.DefaultIfEmpty(0).Max();
        if (kind != MetricKind.Level && low >= 0)
        {
            return new ChartScale(0, high > 0 ? Round(high) : 1);
        }

        return low < high ? new ChartScale(low, high)
            : low == 0 ? new ChartScale(0, 1)
            : Around(low);
    }

    /// <summary>How far up a value stands, from 0 to 1. By halves, so that the largest numbers have a difference.</summary>
    internal double Share(double value)
    {
        double share = ((value / 2) - (Low / 2)) / ((High / 2) - (Low / 2));
        return double.IsFinite(share) ? Math.Clamp(share, 0, 1) : 0.5;
    }

    private static ChartScale Around(double value)
    {
        double room = Math.Abs(value) * 0.05;
        return double.IsFinite(value - room) && double.IsFinite(value + room) ? new ChartScale(value - room, value + room) : new ChartScale(Math.Min(value, 0), Math.Max(value, 0));
    }

    /// <summary>The next number that people read easily; the number itself where there is none.</summary>
    private static double Round(double value)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        double rounded = Steps.Select(step => step * power).FirstOrDefault(step => step >= value * (1 - 1e-12), value);
        return double.IsFinite(rounded) && rounded > 0 ? rounded : value;
    }
}
