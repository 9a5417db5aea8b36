using System.Globalization;
using Amazon.Runtime;
using Deployment.Providers.Aws;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Sites;

namespace Deployment.Benchmarks.Workload;

/// <summary>Deploys a folder in place, as a process of its own beside those of other tools; or several times, as a host that runs on.</summary>
internal static class SiteDeployer
{
    /// <param name="arguments">Address, bucket, folder, concurrency, and the revisions, one after the other.</param>
    internal static async Task RunAsync(string[] arguments)
    {
        var access = new AwsAccess(new AwsOptions { Region = "eu-central-1", Endpoint = new Uri(arguments[0]), Credentials = new BasicAWSCredentials("AKIDTESTS", "secret") });
        var options = new SiteOptions { Bucket = arguments[1], Concurrency = int.Parse(arguments[3], CultureInfo.InvariantCulture) };
        var site = new InPlaceSite(new SiteBucket(access, options), options, TimeProvider.System);
        foreach (string revision in arguments[4..])
        {
            long begin = TimeProvider.System.GetTimestamp();
            SiteContent content = await new SiteScanner(options).ScanAsync(arguments[2], "", CancellationToken.None);
            TimeSpan scanned = TimeProvider.System.GetElapsedTime(begin);
            await site.SwitchAsync(revision, content, CancellationToken.None);
            TimeSpan switched = TimeProvider.System.GetElapsedTime(begin);
            await site.CleanAsync(CancellationToken.None);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{revision} {TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds:F0} ms, of which {scanned.TotalMilliseconds:F0} reading, {(switched - scanned).TotalMilliseconds:F0} storing"));
        }
    }
}
