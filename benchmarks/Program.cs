using Deployment.Benchmarks;
using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload;

if (args is ["serve"])
{
    await ReadyServer.RunAsync();
    return 0;
}

if (args is ["s3", string port])
{
    await SiteServer.RunAsync(port);
    return 0;
}

if (args is ["line", string door, string server, string delay])
{
    await SiteServer.RunLineAsync(door, server, delay);
    return 0;
}

if (args is ["site-list", string address])
{
    await SiteDeployer.ListAsync(address);
    return 0;
}

if (args is ["site", ..])
{
    await SiteDeployer.RunAsync(args[1..]);
    return 0;
}

try
{
    var arguments = BenchmarkArguments.Parse(args, Benchmarks.Names);
    using var disk = new DiskFolder(arguments.Folder);
    await Console.Error.WriteLineAsync($"{Machine.Describe(disk)}");
    foreach (Benchmark benchmark in Benchmarks.All(arguments.Runs).Where(benchmark => arguments.Names.Contains(benchmark.Name)))
    {
        await foreach (Figure figure in benchmark.MeasureAsync(disk))
        {
            Console.WriteLine(figure.ToJson());
        }
    }

    return 0;
}
catch (BenchmarkException error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 2;
}
