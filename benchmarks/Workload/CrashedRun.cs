using Deployment.Benchmarks.Measuring;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Testing;

namespace Deployment.Benchmarks.Workload;

/// <summary>A run whose process died in its last effect, in a store on a disk. Each resuming works on a copy, so that it finds the same.</summary>
internal sealed class CrashedRun
{
    private readonly string _folder;
    private readonly string _runId;
    private readonly int _steps;

    private CrashedRun(string folder, string runId, int steps)
    {
        _folder = folder;
        _runId = runId;
        _steps = steps;
        JournalPath = Directory.GetFiles(folder, "journal-*.log", SearchOption.AllDirectories).Single();
    }

    internal string JournalPath { get; }

    /// <summary>Makes the run through the real engine and store.</summary>
    /// <param name="disk">Where.</param>
    /// <param name="records">How many records its journal has: one for its begin, two for each finished step, one for the step in doubt.</param>
    internal static async Task<CrashedRun> MakeAsync(DiskFolder disk, int records)
    {
        int steps = records / 2;
        string folder = disk.NewPath();
        using var store = new FileDeploymentStore(folder);
        await DriveToDeathAsync(store, steps, pipeline => pipeline.DeployAsync(StepsRun.Release), atEffect: steps);
        string runId = (await store.ListRunsAsync(CancellationToken.None)).Single().Id;
        var run = new CrashedRun(folder, runId, steps);
        int written = File.ReadLines(run.JournalPath).Skip(1).Count();
        return written == records ? run : throw new BenchmarkException($"The journal has {written} records, not {records}.");
    }

    /// <summary>Resumes a copy, up to its first effect, and gives the time that it took to get there.</summary>
    internal async Task<TimeSpan> ResumeAsync(DiskFolder disk)
    {
        string copy = disk.NewPath();
        FolderCopy.Make(_folder, copy);
        long begin = 0;
        long end;
        using (var store = new FileDeploymentStore(copy))
        {
            end = await DriveToDeathAsync(
                store,
                _steps,
                pipeline =>
                {
                    begin = Clock.Now;
                    return pipeline.ResumeAsync(_runId, force: true);
                },
                atEffect: 1);
        }

        Directory.Delete(copy, recursive: true);
        return Clock.Between(begin, end);
    }

    /// <summary>Lets a process drive the run and kills it in an effect; gives the time of its death.</summary>
    private static async Task<long> DriveToDeathAsync(FileDeploymentStore store, int steps, Func<DeploymentPipeline, Task> drive, int atEffect)
    {
        var process = new SimulatedProcess();
        var target = new EmptyTarget();
        long death = 0;
        int effects = 0;
        target.Running = () =>
        {
            if (++effects == atEffect)
            {
                death = Clock.Now;
                process.Kill();
            }
        };
        DeploymentPipeline pipeline = DeploymentPipeline.Create("benchmark")
            .DeployTo(process.Reach(target))
            .UseStrategy(new StepsStrategy(steps, _ => target.Nothing(), _ => Undo.Nothing()))
            .UseStore(process.Reach(store))
            .Build();
        try
        {
            await drive(pipeline);
        }
        catch (SimulatedCrashException)
        {
            return death;
        }

        throw new BenchmarkException($"The run should have died at effect {atEffect}; it came to {effects}.");
    }
}
