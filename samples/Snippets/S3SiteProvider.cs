using Deployment;
using Deployment.Providers.Aws;
using Deployment.Providers.Aws.Sites;
using Deployment.Releases;
using Deployment.Runbooks;

namespace Snippets;

/// <summary>The code of docs/providers/s3-site.md. A test holds the two together.</summary>
public static class S3SiteProvider
{
    public static (DeploymentPipeline Pipeline, Release Release) Atomic()
    {
        #region s3-site
        S3SiteTarget target = S3SiteTarget.Atomic("shop-site", "E2QWRUHAPOMQZL", "site", site =>
        {
            site.Aws.Region = "eu-central-1";
            site.Files.Prefix = "www/";
        });

        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(target)
            .UseBlueGreen(blueGreen => blueGreen.Retry = new RetryPolicy { Timeout = TimeSpan.FromMinutes(30) })
            .Build();

        Release release = Release.Of("shop", "2.4.0", S3Site.Folder("dist"));
        #endregion
        return (pipeline, release);
    }

    public static DeploymentPipeline InPlace()
    {
        #region s3-site-in-place
        S3SiteTarget target = S3SiteTarget.InPlace("handbook", "handbook", site =>
        {
            site.Distribution = "E2QWRUHAPOMQZL";
            site.WaitForInvalidation = true;
        });

        DeploymentPipeline pipeline = DeploymentPipeline.Create("handbook").DeployTo(target).UseRecreate().Build();
        #endregion
        return pipeline;
    }

    public static S3SiteTarget Options()
    {
        #region s3-site-files
        S3SiteTarget target = S3SiteTarget.InPlace("handbook", "handbook", site =>
        {
            site.Files.CacheControl.Add(new SiteRule("fonts/*", "public, max-age=31536000, immutable"));
            site.Files.CacheControl.Add(new SiteRule("*.pdf", "public, max-age=86400"));
            site.Files.ContentTypes[".epub"] = "application/epub+zip";
            site.Files.Compress.Add("*.svg");
            site.Files.Encryption = SiteEncryption.Kms;
            site.Files.BucketOwner = "123456789012";
        });
        #endregion
        return target;
    }

    public static AwsOptions Account(S3SiteTargetOptions site)
    {
        #region aws-account
        site.Aws.Region = "eu-central-1";
        site.Aws.Profile = "releases";
        site.Aws.Role = "arn:aws:iam::123456789012:role/deployer";
        #endregion
        return site.Aws;
    }
}
