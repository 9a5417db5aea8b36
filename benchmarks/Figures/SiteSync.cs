using System.Globalization;
using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload;

namespace Deployment.Benchmarks.Figures;

/// <summary>
/// A site that is deployed in place, beside <c>aws s3 sync --delete</c> and <c>rclone sync --checksum --fast-list</c>, against one server on loopback: each a
/// process from its start to its end, in turns; and this project once more as the third deployment of a host that runs on.
/// </summary>
/// <param name="delay">Milliseconds that bytes are held up, each way.</param>
internal sealed class SiteSync(int delay) : Benchmark(delay == 0 ? "site-sync" : string.Create(CultureInfo.InvariantCulture, $"site-sync-delay-{delay}"))
{
    private const int Rounds = 3;
    private const int Files = 3000;
    private const int Size = 4096;
    private const int LargeFiles = 10;
    private const int LargeSize = 100 * 1024 * 1024;

    private readonly Dictionary<string, Dictionary<string, List<Usage>>> _seen = [];

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        using SiteTools tools = await SiteTools.StartAsync(disk.NewPath(), delay);
        string folder = disk.NewPath();
        for (int round = 0; round < Rounds; round++)
        {
            await SmallAsync(tools, folder, round);
            if (delay == 0)
            {
                await ListAsync(tools);
            }
        }

        if (delay == 0)
        {
            await LargeAsync(tools, disk.NewPath());
        }

        foreach ((string what, Dictionary<string, List<Usage>> by) in _seen)
        {
            foreach (string theirs in by.Keys.Where(name => name is "aws" or "rclone"))
            {
                foreach (string ours in by.Keys.Where(name => name is not ("aws" or "rclone")))
                {
                    yield return new Figure($"{Name}-{what}{ours}-time", Median(by[ours], usage => usage.Seconds), "s", theirs, Median(by[theirs], usage => usage.Seconds));
                }

                yield return new Figure($"{Name}-{what}-processor", Median(by[""], usage => usage.Processor), "s", theirs, Median(by[theirs], usage => usage.Processor));
                yield return new Figure($"{Name}-{what}-memory", Median(by[""], usage => usage.Mebibytes), "MiB", theirs, Median(by[theirs], usage => usage.Mebibytes));
            }
        }
    }

    private async Task SmallAsync(SiteTools tools, string folder, int round)
    {
        Write(folder, Files, Size, round);
        (string ours, string aws, string rclone) = (await tools.BucketAsync(), await tools.BucketAsync(), await tools.BucketAsync());
        string[] others = [await tools.BucketAsync(), await tools.BucketAsync(), await tools.BucketAsync()];
        Add("first", "-in-a-host", await InsideAsync(tools, folder, [.. others.Select(bucket => $"{bucket}:1.0.0")]));
        await EachAsync("first", "1.0.0");
        await EachAsync("unchanged", "1.0.1");
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(1));
        }

        await EachAsync("touched", "1.0.2");
        Write(folder, Files / 10, Size, round + 100);
        foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1));
        }

        // Only what was changed is newer than what stands, so that aws finds it too.
        foreach (string file in Names(Files / 10))
        {
            File.SetLastWriteTimeUtc(Path.Combine(folder, file), TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(2));
        }

        await EachAsync("tenth-changed", "1.1.0");

        async Task EachAsync(string what, string revision)
        {
            Add(what, "", (await tools.OursAsync(folder, $"{ours}:{revision}")).Usage);
            Add(what, "aws", await tools.AwsAsync(folder, aws));
            Add(what, "rclone", await tools.RcloneAsync(folder, rclone));
        }
    }

    private async Task LargeAsync(SiteTools tools, string folder)
    {
        Write(folder, LargeFiles, LargeSize, 1);
        string[] buckets = [await tools.BucketAsync(), await tools.BucketAsync(), await tools.BucketAsync()];
        Add("large", "", (await tools.OursAsync(folder, $"{buckets[0]}:1.0.0")).Usage);
        Add("large", "aws", await tools.AwsAsync(folder, buckets[1]));
        Add("large", "rclone", await tools.RcloneAsync(folder, buckets[2]));
    }

    private async Task ListAsync(SiteTools tools)
    {
        // The process lists three times; the first counts as one of its own, the last as one of a host that runs on.
        (Usage usage, string said) = await Usage.OfAsync(Environment.ProcessPath!, new Dictionary<string, string?>(), "site-list", tools.Address);
        Add("list", "", usage with { Seconds = double.Parse(said.Split(' ')[1], CultureInfo.InvariantCulture) / 1000, Processor = usage.Processor / 3 });
        Add("list", "-in-a-host", usage with { Seconds = said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture) / 1000).Last() });
        Add("list", "aws", await tools.ListByAwsAsync(SiteServer.Many));
        Add("list", "rclone", await tools.ListByRcloneAsync(SiteServer.Many));
    }

    private static async Task<Usage> InsideAsync(SiteTools tools, string folder, params string[] deployments)
    {
        (Usage usage, double inside) = await tools.OursAsync(folder, deployments);
        return usage with { Seconds = inside };
    }

    private void Add(string what, string who, Usage usage)
    {
        Dictionary<string, List<Usage>> by = _seen.TryGetValue(what, out Dictionary<string, List<Usage>>? found) ? found : _seen[what] = [];
        (by.TryGetValue(who, out List<Usage>? list) ? list : by[who] = []).Add(usage);
    }

    private static double Median(List<Usage> usages, Func<Usage, double> of) => usages.Select(of).Order().ElementAt(usages.Count / 2);

    private static IEnumerable<string> Names(int count) => Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"folder-{i % 30}/file-{i}.txt"));

    private static void Write(string folder, int count, int size, int seed)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[size];
        foreach (string name in Names(count))
        {
            random.NextBytes(bytes);
            string path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }
    }
}
