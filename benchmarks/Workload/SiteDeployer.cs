using System.Globalization;
using Amazon.Runtime;
using Deployment.Providers.Aws;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Sites;

namespace Deployment.Benchmarks.Workload;

/// <summary>Deploys a folder in place, as a process of its own beside those of other tools; or several times, as a host that runs on.</summary>
internal static class SiteDeployer
{
    /// <param name="arguments">Address, folder, and buckets with revisions (<c>BUCKET:REVISION</c>), one after the other.</param>
    internal static async Task RunAsync(string[] arguments)
    {
        AwsAccess access = At(arguments[0]);
        foreach (string[] deployment in arguments[2..].Select(argument => argument.Split(':')))
        {
            var options = new SiteOptions { Bucket = deployment[0] };
            var site = new InPlaceSite(new SiteBucket(access, options), options, TimeProvider.System, 1);
            long begin = TimeProvider.System.GetTimestamp();
            SiteContent content = await new SiteScanner(options).ScanAsync(arguments[1], "", CancellationToken.None);
            await site.SwitchAsync(deployment[1], content, CancellationToken.None);
            await site.CleanAsync(CancellationToken.None);
            Say(deployment[1], begin);
        }
    }

    /// <summary>Lists the bucket that has many objects, three times.</summary>
    /// <param name="address">Of the server.</param>
    internal static async Task ListAsync(string address)
    {
        var bucket = new SiteBucket(At(address), new SiteOptions { Bucket = SiteServer.Many });
        string[] likely = [.. SiteServer.Keys().Order(KeyOrder.Instance)];
        for (int i = 0; i < 3; i++)
        {
            long begin = TimeProvider.System.GetTimestamp();
            int found = (await bucket.ListAsync("", likely, CancellationToken.None)).Count;
            Say(found == SiteServer.HowMany ? "all" : throw new BenchmarkException($"{found} objects were listed."), begin);
        }
    }

    private static AwsAccess At(string address) => new(new AwsOptions { Region = "eu-central-1", Endpoint = new Uri(address), Credentials = new BasicAWSCredentials("AKIDTESTS", "secret") });

    private static void Say(string what, long begin) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds:F0} ms"));
}
