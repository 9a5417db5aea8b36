using Deployment.Providers.Local.Router;

namespace Deployment.Providers.Local.Tests.Router;

[Category("Unit")]
public sealed class QuantileSketchTests
{
    [Test]
    public void Quantile_OfManyDurations_IsWithinATwelfth()
    {
        var sketch = new QuantileSketch();
        for (int millisecond = 1; millisecond <= 1000; millisecond++)
        {
            sketch.Add(TimeSpan.FromMilliseconds(millisecond));
        }

        foreach (double share in new[] { 0.01, 0.5, 0.95, 1 })
        {
            sketch.Quantile(share).TotalMilliseconds.Should().BeInRange(1000 * share, 1000 * share * 13 / 12);
        }
    }

    [Test]
    public void Quantile_NothingAndExtremes_AreBounded()
    {
        var sketch = new QuantileSketch();
        sketch.Quantile(0.95).Should().Be(TimeSpan.Zero);
        sketch.Add(TimeSpan.Zero);
        sketch.Quantile(0.95).Should().Be(TimeSpan.FromMicroseconds(10));
        sketch.Add(TimeSpan.FromDays(1));
        sketch.Quantile(1).Should().BeGreaterThan(TimeSpan.FromHours(1));
    }
}
