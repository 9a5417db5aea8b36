using System.Text.Json;
using System.Text.Json.Nodes;

namespace Deployment.Providers.Aws.Tests.Support;

/// <summary>Distributions as a person makes them with the aws tool.</summary>
internal static class DistributionConfig
{
    /// <summary>Makes a distribution of buckets, the first of which is the default; its id.</summary>
    public static async Task<string> CreateAsync(RealMoto moto, params string[] buckets)
    {
        var origins = new JsonArray([.. buckets.Select(bucket => new JsonObject
        {
            ["Id"] = bucket,
            ["DomainName"] = $"{bucket}.s3.{RealMoto.Region}.amazonaws.com",
            ["OriginPath"] = "",
            ["S3OriginConfig"] = new JsonObject { ["OriginAccessIdentity"] = "" },
            ["CustomHeaders"] = new JsonObject { ["Quantity"] = 0 },
        })]);
        var config = new JsonObject
        {
            ["CallerReference"] = Guid.NewGuid().ToString(),
            ["Comment"] = "a site of tests",
            ["Enabled"] = true,
            ["DefaultRootObject"] = "index.html",
            ["Origins"] = new JsonObject { ["Quantity"] = buckets.Length, ["Items"] = origins },
            ["DefaultCacheBehavior"] = new JsonObject
            {
                ["TargetOriginId"] = buckets[0],
                ["ViewerProtocolPolicy"] = "redirect-to-https",
                ["ForwardedValues"] = new JsonObject { ["QueryString"] = false, ["Cookies"] = new JsonObject { ["Forward"] = "none" } },
                ["MinTTL"] = 0,
                ["TrustedSigners"] = new JsonObject { ["Enabled"] = false, ["Quantity"] = 0 },
            },
        };
        JsonElement made = await moto.AwsAsync("cloudfront", "create-distribution", "--distribution-config", config.ToJsonString());
        return made.GetProperty("Distribution").GetProperty("Id").GetString()!;
    }
}
