using System.Globalization;
using Amazon.Runtime;
using Deployment.Providers.Aws;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Sites;

namespace Deployment.Benchmarks.Workload;

/// <summary>Deploys a folder in place, as a process of its own beside those of other tools; or several times, as a host that runs on.</summary>
internal static class SiteDeployer
{
    /// <param name="arguments">Address, folder, concurrency, and buckets with revisions (<c>BUCKET:REVISION</c>), one after the other.</param>
    internal static async Task RunAsync(string[] arguments)
    {
        var access = new AwsAccess(new AwsOptions { Region = "eu-central-1", Endpoint = new Uri(arguments[0]), Credentials = new BasicAWSCredentials("AKIDTESTS", "secret") });
        foreach (string[] deployment in arguments[3..].Select(argument => argument.Split(':')))
        {
            var options = new SiteOptions { Bucket = deployment[0], Concurrency = int.Parse(arguments[2], CultureInfo.InvariantCulture) };
            var site = new InPlaceSite(new SiteBucket(access, options), options, TimeProvider.System);
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            long begin = TimeProvider.System.GetTimestamp();
            SiteContent content = await new SiteScanner(options).ScanAsync(arguments[1], "", CancellationToken.None);
            TimeSpan scanned = TimeProvider.System.GetElapsedTime(begin);
            await site.SwitchAsync(deployment[1], content, CancellationToken.None);
            TimeSpan switched = TimeProvider.System.GetElapsedTime(begin);
            await site.CleanAsync(CancellationToken.None);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{deployment[1]} {TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds:F0} ms, of which {scanned.TotalMilliseconds:F0} reading, {(switched - scanned).TotalMilliseconds:F0} storing; processor {(Environment.CpuUsage.TotalTime - processor).TotalMilliseconds:F0} ms"));
        }
    }
}
