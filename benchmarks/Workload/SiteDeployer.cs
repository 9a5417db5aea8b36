using System.Globalization;
using Amazon.Runtime;
using Deployment.Providers.Aws;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Sites;
using Deployment.Releases;
using Deployment.Store;

namespace Deployment.Benchmarks.Workload;

/// <summary>Deploys a folder in place by a pipeline, as a process of its own beside those of other tools; or several times, as a host that runs on.</summary>
internal static class SiteDeployer
{
    private const string Region = "eu-central-1";

    private static readonly BasicAWSCredentials _credentials = new("AKIDTESTS", "secret");

    /// <param name="arguments">Address, folder, a folder for the stores of deployments, and buckets with versions (<c>BUCKET:VERSION</c>), one after the other.</param>
    internal static async Task RunAsync(string[] arguments)
    {
        foreach (string[] deployment in arguments[3..].Select(argument => argument.Split(':')))
        {
            S3SiteTarget target = S3SiteTarget.InPlace(deployment[0], "site", site => (site.Aws.Region, site.Aws.Endpoint, site.Aws.Credentials) = (Region, new Uri(arguments[0]), _credentials));
            using var store = new FileDeploymentStore(Path.Combine(arguments[2], deployment[0]));
            DeploymentPipeline pipeline = DeploymentPipeline.Create("site").DeployTo(target).UseStore(store).UseRecreate().Build();
            long begin = TimeProvider.System.GetTimestamp();
            DeploymentResult result = await pipeline.DeployAsync(Release.Of("site", deployment[1], S3Site.Folder(arguments[1])));
            Say(result.Outcome == DeploymentOutcome.Succeeded ? deployment[1] : throw new BenchmarkException(result.ToString()), begin);
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

    private static AwsAccess At(string address) => new(new AwsOptions { Region = Region, Endpoint = new Uri(address), Credentials = _credentials });

    private static void Say(string what, long begin) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds:F0} ms"));
}
