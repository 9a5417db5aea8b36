using System.Globalization;
using Deployment.Benchmarks.Measuring;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Testing;

namespace Deployment.Benchmarks.Figures;

/// <summary>
/// A second release over many targets by blue-green in the default waves (one, 10%, 50%, all), with a store in memory: planning it, running it,
/// taking it back because the last target fails, and what is allocated; each beside as many times the figure for one of ten targets.
/// </summary>
internal sealed class WavesOverTargets(int targets) : Benchmark(string.Create(CultureInfo.InvariantCulture, $"waves-{targets}"))
{
    private const int Few = 10;
    private const int FewAtOnce = 50;
    private const int RoundCount = 7;

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        var few = new WaveSamples();
        var many = new WaveSamples();
        int manyAtOnce = Math.Max(1, FewAtOnce * Few / targets);
        await Rounds.RunAsync(
            RoundCount,
            counts => MeasureAsync(Few, FewAtOnce, counts ? few : new WaveSamples()),
            counts => MeasureAsync(targets, manyAtOnce, counts ? many : new WaveSamples()));
        yield return Of("plan", "ms", many.Plan.MedianMilliseconds, few.Plan.MedianMilliseconds);
        yield return Of("run", "ms", many.Run.MedianMilliseconds, few.Run.MedianMilliseconds);
        yield return Of("back", "ms", many.Back.MedianMilliseconds, few.Back.MedianMilliseconds);
        yield return Of("allocated", "MiB", many.Allocated, few.Allocated);
    }

    private Figure Of(string what, string unit, double many, double few) =>
        new($"{Name}-{what}", many, unit, "the figure for one of 10 targets, times the number of targets", few / Few * targets);

    private static async Task MeasureAsync(int count, int atOnce, WaveSamples samples)
    {
        for (int i = 0; i < atOnce; i++)
        {
            FakeTarget[] all = [.. Enumerable.Range(1, count).Select(number => new FakeTarget(string.Create(CultureInfo.InvariantCulture, $"web-{number}")))];
            DeploymentPipeline pipeline = Pipeline(all);
            await RunAsync(pipeline, "1.0.0", DeploymentOutcome.Succeeded);
            long bytes = GC.GetTotalAllocatedBytes();
            long begin = Clock.Now;
            Runbook plan = await pipeline.PlanAsync(Version("1.1.0"));
            samples.Plan.Add(Clock.Since(begin));
            begin = Clock.Now;
            Expect((await pipeline.ExecuteAsync(plan)).Outcome, DeploymentOutcome.Succeeded);
            samples.Run.Add(Clock.Since(begin));
            samples.Allocate(GC.GetTotalAllocatedBytes() - bytes);
            all[^1].FailOn("install");
            begin = Clock.Now;
            await RunAsync(pipeline, "1.2.0", DeploymentOutcome.RolledBack);
            samples.Back.Add(Clock.Since(begin));
        }
    }

    private static async Task RunAsync(DeploymentPipeline pipeline, string version, DeploymentOutcome expected) =>
        Expect((await pipeline.DeployAsync(Version(version))).Outcome, expected);

    private static void Expect(DeploymentOutcome outcome, DeploymentOutcome expected)
    {
        if (outcome != expected)
        {
            throw new BenchmarkException($"The run over the waves ended {outcome}; {expected} was expected.");
        }
    }

    private static Release Version(string version) => Release.Of("benchmark", version, Artifact.Process("benchmark"));

    private static DeploymentPipeline Pipeline(FakeTarget[] targets)
    {
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("benchmark")
            // One attempt, so that going back is measured and not the waits between attempts.
            .UseBlueGreen(options => options.Retry = new RetryPolicy { Attempts = 1 })
            .InWaves()
            .UseStore(new InMemoryDeploymentStore());
        foreach (FakeTarget target in targets)
        {
            pipeline.DeployTo(target);
        }

        return pipeline.Build();
    }

    private sealed class WaveSamples
    {
        private readonly List<long> _allocated = [];

        internal Samples Plan { get; } = new();

        internal Samples Run { get; } = new();

        internal Samples Back { get; } = new();

        /// <summary>MiB, the median.</summary>
        internal double Allocated => _allocated.Order().ElementAt(_allocated.Count / 2) / (1024.0 * 1024);

        internal void Allocate(long bytes) => _allocated.Add(bytes);
    }
}
