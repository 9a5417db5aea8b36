using Deployment.Benchmarks.Measuring;

namespace Deployment.Benchmarks;

/// <summary>Measures something together with what it is compared to.</summary>
internal abstract class Benchmark(string name)
{
    internal string Name => name;

    internal abstract IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk);
}
