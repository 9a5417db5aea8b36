using System.Globalization;
using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload;
using Deployment.Runbooks;
using Deployment.Testing;

namespace Deployment.Benchmarks.Figures;

/// <summary>Planning and running a release over many targets, one lane each, with a store in memory, beside as many times the time for one of ten targets.</summary>
internal sealed class ManyTargets(int targets) : Benchmark(string.Create(CultureInfo.InvariantCulture, $"targets-{targets}"))
{
    private const int Few = 10;
    private const int FewAtOnce = 100;
    private const int RoundCount = 11;

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        var few = new Samples();
        var many = new Samples();
        int manyAtOnce = Math.Max(1, FewAtOnce * Few / targets);
        await Rounds.RunAsync(
            RoundCount,
            counts => DeployAsync(Few, FewAtOnce, counts ? few : new Samples()),
            counts => DeployAsync(targets, manyAtOnce, counts ? many : new Samples()));
        yield return new Figure(Name, many.MedianMilliseconds, "ms", "the time for one of 10 targets, times the number of targets", few.MedianMilliseconds / Few * targets);
    }

    private static async Task DeployAsync(int count, int atOnce, Samples samples)
    {
        DeploymentPipeline[] pipelines = [.. Enumerable.Range(0, atOnce).Select(_ => Pipeline(count))];
        long begin = Clock.Now;
        foreach (DeploymentPipeline pipeline in pipelines)
        {
            DeploymentResult result = await pipeline.DeployAsync(StepsRun.Release);
            if (result.Outcome != Store.DeploymentOutcome.Succeeded)
            {
                throw new BenchmarkException($"The run over {count} targets ended {result.Outcome}: {result.Reason}");
            }
        }

        samples.Add(Clock.Since(begin), of: atOnce);
    }

    private static DeploymentPipeline Pipeline(int count)
    {
        FakeTarget[] targets = [.. Enumerable.Range(1, count).Select(i => new FakeTarget(string.Create(CultureInfo.InvariantCulture, $"web-{i}")))];
        var byName = targets.ToDictionary(target => target.Name);
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("benchmark")
            .UseStrategy(new StepsStrategy(
                2,
                context => byName[context.Target].Install(context.Candidate),
                context => Undo.By(byName[context.Target].Remove(context.Candidate.Id))))
            .UseStore(new InMemoryDeploymentStore());
        foreach (FakeTarget target in targets)
        {
            pipeline.DeployTo(target);
        }

        return pipeline.Build();
    }
}
