using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload;
using Deployment.Testing;

namespace Deployment.Benchmarks.Figures;

/// <summary>An empty step with a store in memory: the engine alone.</summary>
internal sealed class MemoryStep() : Benchmark("memory-step")
{
    private const int Rounds = 51;
    private const int WarmUp = 40;
    private const int Steps = 1_000;
    private const double LimitMicroseconds = 20;

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        // Of whole runs, so that collections of garbage are in it.
        var steps = new Samples();
        for (int round = -WarmUp; round < Rounds; round++)
        {
            (EntryTimes times, _) = await StepsRun.MeasureAsync(new InMemoryDeploymentStore(), Steps);
            if (round >= 0)
            {
                steps.Add(times.Together, of: Steps);
            }
        }

        yield return new Figure(Name, steps.MedianMicroseconds, "µs/step", "the limit", LimitMicroseconds);
    }
}
