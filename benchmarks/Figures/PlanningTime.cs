using System.Globalization;
using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload;
using Deployment.Runbooks;
using Deployment.Testing;

namespace Deployment.Benchmarks.Figures;

/// <summary>Planning a number of steps, the plan's hash and its Markdown, beside as many times the time for one of ten steps: above 1 it grows faster than the plan.</summary>
internal sealed class PlanningTime(int steps) : Benchmark(string.Create(CultureInfo.InvariantCulture, $"planning-{steps}"))
{
    private const int Small = 10;
    private const int RoundCount = 31;
    private const int SmallAtOnce = 400;

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        var small = new PlanSamples();
        var large = new PlanSamples();
        DeploymentPipeline smallPipeline = Pipeline(Small);
        DeploymentPipeline largePipeline = Pipeline(steps);

        // About the same work on both sides, so that one is not measured by a handful of microseconds.
        int largeAtOnce = Math.Max(1, SmallAtOnce * Small / steps);
        await Rounds.RunAsync(
            RoundCount,
            counts => MeasureAsync(smallPipeline, SmallAtOnce, counts ? small : new PlanSamples()),
            counts => MeasureAsync(largePipeline, largeAtOnce, counts ? large : new PlanSamples()));
        yield return Of(Name, large.Plan, small.Plan);
        yield return Of(Name + "-hash", large.Hash, small.Hash);
        yield return Of(Name + "-markdown", large.Markdown, small.Markdown);
    }

    private Figure Of(string name, Samples large, Samples small) => new(
        name,
        large.MedianMicroseconds,
        "µs",
        "the time for one of 10 steps, times the number of steps",
        small.MedianMicroseconds / Small * steps);

    private static DeploymentPipeline Pipeline(int count)
    {
        var target = new FakeTarget("web");
        return DeploymentPipeline.Create("benchmark")
            .DeployTo(target)
            .UseStrategy(new StepsStrategy(count, context => target.Install(context.Candidate), context => Undo.By(target.Remove(context.Candidate.Id))))
            .UseStore(new InMemoryDeploymentStore())
            .Build();
    }

    private static async Task MeasureAsync(DeploymentPipeline pipeline, int atOnce, PlanSamples samples)
    {
        var runbooks = new Runbook[atOnce];
        long begin = Clock.Now;
        for (int i = 0; i < atOnce; i++)
        {
            runbooks[i] = await pipeline.PlanAsync(StepsRun.Release);
        }

        long planned = Clock.Now;
        int length = runbooks.Sum(runbook => runbook.Hash.Length);
        long hashed = Clock.Now;
        length += runbooks.Sum(runbook => runbook.ToMarkdown().Length);
        long printed = Clock.Now;
        GC.KeepAlive(length);
        samples.Plan.Add(Clock.Between(begin, planned), of: atOnce);
        samples.Hash.Add(Clock.Between(planned, hashed), of: atOnce);
        samples.Markdown.Add(Clock.Between(hashed, printed), of: atOnce);
    }

    private sealed record PlanSamples
    {
        internal Samples Plan { get; } = new();

        internal Samples Hash { get; } = new();

        internal Samples Markdown { get; } = new();
    }
}
