using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload;
using Deployment.Store;

namespace Deployment.Benchmarks.Figures;

/// <summary>An empty step, its intent and its outcome durable on a disk, beside the writes and flushes of the same bytes alone.</summary>
internal sealed class DurableStep() : Benchmark("durable-step")
{
    private const int Rounds = 20;
    private const int WarmUp = 3;
    private const int Steps = 50;
    private const int AppendsOfStep = 2;

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        var engine = new Samples();
        var plain = new Samples();
        for (int round = -WarmUp; round < Rounds; round++)
        {
            using var store = new FileDeploymentStore(disk.NewPath());
            (EntryTimes times, string runId) = await StepsRun.MeasureAsync(store, Steps);
            List<TimeSpan> peers = PlainAppends.Time(disk.NewPath(), await AppendsAsync(store, runId), AppendsOfStep);
            if (round >= 0)
            {
                engine.AddRange(times.Steps);
                plain.AddRange(peers);
            }
        }

        yield return new Figure(Name, engine.MedianMicroseconds, "µs/step", "the same appends and flushes alone", plain.MedianMicroseconds);
    }

    /// <summary>What the steps wrote: everything between the run's first frame and its last.</summary>
    private static async Task<List<ReadOnlyMemory<byte>>> AppendsAsync(FileDeploymentStore store, string runId)
    {
        List<ReadOnlyMemory<byte>> lines = [];
        await foreach (JournalFrame frame in store.ReadJournalAsync(runId, CancellationToken.None))
        {
            lines.Add(frame.Line);
        }

        return lines.Count == (Steps * AppendsOfStep) + 2
            ? lines[1..^1]
            : throw new BenchmarkException($"The journal has {lines.Count} frames, not {AppendsOfStep} for each of {Steps} steps and 2 for the run: the peer would not write the same.");
    }
}
