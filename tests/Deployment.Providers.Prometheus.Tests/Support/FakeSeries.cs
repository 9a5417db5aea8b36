using System.Globalization;

namespace Deployment.Providers.Prometheus.Tests.Support;

/// <summary>A series of a test.</summary>
/// <param name="selector">The selector that finds it.</param>
/// <param name="labels">Its labels, as JSON without braces.</param>
internal sealed class FakeSeries(string selector, string labels)
{
    private readonly List<(double Time, double VisibleAt, string Value)> _points = [];

    public string Selector { get; } = selector;

    public string Labels { get; } = labels;

    public IEnumerable<(double Time, double VisibleAt, string Value)> Points => _points;

    /// <summary>A sample, which is there from its own time on, or from later.</summary>
    public FakeSeries At(double time, double value, double? visibleAt = null) => At(time, value.ToString(CultureInfo.InvariantCulture), visibleAt);

    public FakeSeries At(double time, string value, double? visibleAt = null)
    {
        _points.Add((time, visibleAt ?? time, value));
        return this;
    }

    /// <summary>Samples at an interval.</summary>
    public FakeSeries Each(double from, double to, double step, Func<double, double> value)
    {
        for (double time = from; time <= to; time += step)
        {
            At(time, value(time));
        }

        return this;
    }
}
