using System.Globalization;
using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload;
using Deployment.Store;

namespace Deployment.Benchmarks.Figures;

/// <summary>Durable steps a second in a parallel group, beside the same steps in a sequence: lanes share flushes.</summary>
internal sealed class ParallelDurableSteps() : Benchmark("parallel-durable-steps")
{
    private const int Rounds = 7;
    private const int WarmUp = 2;
    private const int Steps = 512;
    private static readonly int[] LanesAtOnce = [1, 8, 64];

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        var sequential = new Samples();
        var parallel = LanesAtOnce.ToDictionary(lanes => lanes, _ => new Samples());
        for (int round = -WarmUp; round < Rounds; round++)
        {
            await MeasureAsync(disk, null, round < 0 ? new Samples() : sequential);
            foreach (int lanes in LanesAtOnce)
            {
                await MeasureAsync(disk, lanes, round < 0 ? new Samples() : parallel[lanes]);
            }
        }

        foreach (int lanes in LanesAtOnce)
        {
            yield return new Figure(
                string.Create(CultureInfo.InvariantCulture, $"{Name}-{lanes}"),
                1 / parallel[lanes].MedianSeconds,
                "steps/s",
                "the same steps in a sequence",
                1 / sequential.MedianSeconds);
        }
    }

    private static async Task MeasureAsync(DiskFolder disk, int? lanes, Samples samples)
    {
        using var store = new FileDeploymentStore(disk.NewPath());
        (EntryTimes times, _) = await StepsRun.MeasureAsync(store, Steps, lanes);
        samples.Add(times.Together, of: Steps);
    }
}
