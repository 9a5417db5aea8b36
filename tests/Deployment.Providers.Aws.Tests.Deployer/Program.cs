using System.Diagnostics;
using System.Globalization;
using Amazon.Runtime;
using Deployment.Providers.Aws.Sites;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Strategies;
using Deployment.Testing;

namespace Deployment.Providers.Aws.Tests.Deployer;

/// <summary>A host that deploys a site, or goes on with a run; it kills itself at a point that it is told, or is killed from outside.</summary>
public static class Program
{
    /// <param name="arguments">What to do (deploy or resume), the server, the bucket, the distribution ('-' for a site in place), the folder, the store's folder, the version, and the point to die at (0 for none).</param>
    public static async Task<int> Main(string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        int last = int.Parse(arguments[7], NumberStyles.None, CultureInfo.InvariantCulture);
        int points = 0;
        var process = new SimulatedProcess((number, _) =>
        {
            points = number;
            if (number == last)
            {
                Die();
            }
        });
        await File.WriteAllTextAsync(Path.Combine(arguments[5], "pid"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        DeploymentPipeline pipeline = Compose(arguments, process);
        DeploymentResult[] results = arguments[0] == "resume"
            ? [.. await pipeline.ResumeAllAsync()]
            : [await pipeline.DeployAsync(Release.Of("shop", arguments[6], S3Site.Folder(arguments[4])))];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{points} points; {string.Join("; ", results.Select(result => $"{result.Outcome}"))}"));
        return 0;
    }

    private static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    private static DeploymentPipeline Compose(string[] arguments, SimulatedProcess process)
    {
        S3SiteTarget target = arguments[3] == "-"
            ? S3SiteTarget.InPlace(arguments[2], "site", site => Set(site, arguments[1]))
            : S3SiteTarget.Atomic(arguments[2], arguments[3], "site", site => Set(site, arguments[1]));
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop").DeployTo(process.Reach(target))
            .UseStore(process.Reach(new FileDeploymentStore(arguments[5])))
            .ConfigureEngine(engine => engine.LeaseTerm = TimeSpan.FromMilliseconds(600));
        return (arguments[3] == "-" ? pipeline.UseRecreate() : pipeline.UseBlueGreen(blueGreen => blueGreen.RollbackWindow = TimeSpan.Zero)).Build();
    }

    private static void Set(S3SiteTargetOptions site, string address)
    {
        (site.Aws.Region, site.Aws.Endpoint, site.Aws.Credentials) = ("eu-central-1", new Uri(address), new BasicAWSCredentials("AKIDTESTS", "secret"));
        site.Files.RemovalLimit = 100;
        (site.Files.MultipartThreshold, site.Files.PartSize) = (5 * 1024 * 1024, 5 * 1024 * 1024);
    }
}
