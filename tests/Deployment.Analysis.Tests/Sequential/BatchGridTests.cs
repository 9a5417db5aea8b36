using Deployment.Analysis.Sequential;

namespace Deployment.Analysis.Tests.Sequential;

[Category("Unit")]
public sealed class BatchGridTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Batches end in the middle of the longer way from the moments of one side's samples to those of the other.</summary>
    [TestCase(0, 0, 0.5)]
    [TestCase(0, 0.2, 0.6)]
    [TestCase(0.2, 0, 0.6)]
    [TestCase(0, 0.8, 0.4)]
    [TestCase(0.8, 0, 0.4)]
    [TestCase(0.1, 0.9, 0.5)]
    public void End_OfABatch_IsAsFarFromBothSidesSamplesAsCanBe(double candidate, double baseline, double expected)
    {
        BatchGrid grid = BatchGrid.Of(Windows.Ratios(3, _ => 0, phase: candidate), Windows.Ratios(3, _ => 0, phase: baseline), Second);

        DateTimeOffset end = grid.EndOf(grid.IndexOf(Windows.Start));

        (((end - Windows.Start).TotalSeconds + 10) % 1).Should().BeApproximately(expected, 1e-6);
    }

    /// <summary>A batch has its end, and not its beginning, in our time as in any other.</summary>
    [TestCase(2026)]
    [TestCase(1)]
    public void IndexOf_AroundTheEndOfABatch_ChangesAfterIt(int year)
    {
        MetricSample[] samples = Windows.Ratios(3, _ => 0);
        BatchGrid grid = BatchGrid.Of(samples, samples, TimeSpan.FromDays(1));
        DateTimeOffset moment = new(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
        long index = grid.IndexOf(moment.AddDays(1));

        grid.IndexOf(grid.EndOf(index)).Should().Be(index);
        grid.IndexOf(grid.EndOf(index).AddTicks(1)).Should().Be(index + 1);
        grid.IndexOf(moment).Should().Be(index - 1);
        grid.IndexOf(grid.EndOf(index).AddTicks(1 - TimeSpan.TicksPerDay)).Should().Be(index);
    }
}
