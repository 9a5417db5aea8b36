using System.Globalization;
using Amazon.Runtime;
using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Tests.S3;

namespace Deployment.Providers.Aws.Tests.Sites.Targets;

/// <summary>How often a deployment in place asks: a large site is listed page by page.</summary>
public sealed class InPlaceRequestsTests
{
    [Test]
    public async Task Deploy_OneFileChanged_ListsTheSiteFourTimesAndStoresTheFile()
    {
        await using SmallS3 server = await SmallS3.StartAsync();
        server.Bucket("site");
        using var folder = new SiteFolderOnDisk();
        for (int i = 0; i < 50; i++)
        {
            folder.With(string.Create(CultureInfo.InvariantCulture, $"{i}.html"), $"page {i}");
        }

        S3SiteTarget target = S3SiteTarget.InPlace("site", "site", site => (site.Aws.Region, site.Aws.Endpoint, site.Aws.Credentials) = (RealMoto.Region, server.Address, new BasicAWSCredentials("AKIDTESTS", "secret")));
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop").DeployTo(target).UseStore(new InMemoryDeploymentStore()).UseRecreate().Build();
        await DeployAsync(pipeline, folder, "1.0.0");
        folder.With("7.html", "another page");
        List<string> requests = [];
        server.Done = request =>
        {
            lock (requests)
            {
                requests.Add($"{request.Method} {request.Path}{request.QueryString}");
            }
        };

        await DeployAsync(pipeline, folder, "1.1.0");

        requests.Where(request => request.StartsWith("PUT", StringComparison.Ordinal) && !request.Contains(".deployment", StringComparison.Ordinal)).Should().Equal("PUT /site/7.html");
        // To say what would change, to store, to verify, and to tidy up.
        requests.Count(request => request.Contains("list-type=2", StringComparison.Ordinal) && !request.Contains("prefix=.deployment", StringComparison.Ordinal)).Should().Be(4, string.Join('\n', requests));
    }

    private static async Task DeployAsync(DeploymentPipeline pipeline, SiteFolderOnDisk folder, string version)
    {
        DeploymentResult result = await pipeline.DeployAsync(Release.Of("shop", version, S3Site.Folder(folder.Path)));
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.ToString());
    }
}
