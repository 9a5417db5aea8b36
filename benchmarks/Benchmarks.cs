using Deployment.Benchmarks.Figures;

namespace Deployment.Benchmarks;

/// <summary>Everything that can be measured.</summary>
internal static class Benchmarks
{
    /// <param name="runs">How many runs a simulation has.</param>
    internal static IReadOnlyList<Benchmark> All(int runs) =>
    [
        new DurableStep(),
        new MemoryStep(),
        new ParallelDurableSteps(),
        new PlanningTime(10),
        new PlanningTime(100),
        new PlanningTime(1_000),
        new PlanningTime(10_000),
        new ManyTargets(100),
        new ManyTargets(1_000),
        new ManyTargets(10_000),
        new WavesOverTargets(100),
        new WavesOverTargets(1_000),
        new WavesOverTargets(10_000),
        new ResumeTime(1_000),
        new ResumeTime(10_000),
        new ResumeTime(100_000),
        new SwitchTime(),
        new RollbackTime(),
        new RouterLoad(),
        new RouterMemory(1),
        new RouterMemory(100),
        new RouterMemory(10_000),
        new ContainerSwitch(),
        new MigrateScripts(50),
        new MigrateScripts(500),
        new MigrateScripts(2_000),
        new Backfill(100_000),
        new Backfill(300_000),
        new Backfill(1_000_000),
        new SiteSync(0),
        new SiteSync(10),
        new JudgesLook(3_600),
        new JudgesLook(86_400),
        new WatchLook(3_600),
        new WatchLook(21_600),
        new WatchLook(86_400),
        new JudgesFalseAlarms(runs),
        new JudgesDetection(runs),
    ];

    internal static IReadOnlyList<string> Names { get; } = [.. All(1).Select(benchmark => benchmark.Name)];
}
