using System.Globalization;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Tests.S3;

namespace Deployment.Benchmarks.Workload;

/// <summary>The small S3 of the tests, and a line with a delay, as processes of their own: what asks doesn't share their garbage and their threads.</summary>
internal static class SiteServer
{
    /// <summary>The bucket that has many objects from the beginning.</summary>
    internal const string Many = "many";

    internal const int HowMany = 100_000;

    internal static async Task RunAsync(string port)
    {
        await using SmallS3 server = await SmallS3.StartAsync(int.Parse(port, CultureInfo.InvariantCulture));
        // What it costs to verify them isn't what is measured.
        server.Secret = null;
        byte[] body = "x"u8.ToArray();
        string etag = SmallS3Body.Md5(body);
        foreach (string key in Keys())
        {
            server.Bucket(Many).Put(key, new SmallS3Object([body], etag, new Dictionary<string, string>(), TimeProvider.System.GetUtcNow()));
        }

        await server.RunAsync();
    }

    internal static async Task RunLineAsync(string port, string server, string delay)
    {
        await using var line = new BadLine(int.Parse(server, CultureInfo.InvariantCulture), 0, 0, TimeSpan.FromMilliseconds(int.Parse(delay, CultureInfo.InvariantCulture)), int.Parse(port, CultureInfo.InvariantCulture));
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
    }

    /// <summary>The keys of those.</summary>
    internal static IEnumerable<string> Keys() => Enumerable.Range(0, HowMany).Select(i => string.Create(CultureInfo.InvariantCulture, $"folder-{i % 100:00}/sub-{i / 100 % 10}/file-{i:000000}.html"));
}
