using System.Text.Json;
using System.Text.Json.Nodes;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.CloudFront;
using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests.CloudFront;

public sealed class CloudFrontClientTests
{
    [Test]
    public async Task UpdateDistribution_AnotherOriginPath_LeavesTheRestAsItWas()
    {
        await using RealMoto moto = await RealMoto.StartAsync();
        string id = await DistributionConfig.CreateAsync(moto, "site", "assets");
        JsonElement before = await moto.AwsAsync("cloudfront", "get-distribution-config", "--id", id);
        var client = new CloudFrontClient(new AwsAccess(moto.Options));

        Distribution seen = await client.GetDistributionAsync(id, CancellationToken.None);
        await client.UpdateDistributionAsync(seen.WithOriginPath("site", "/shop_1.0.0_1"), CancellationToken.None);

        seen.Origins.Should().Equal(
            new DistributionOrigin("site", "site.s3.eu-central-1.amazonaws.com", ""),
            new DistributionOrigin("assets", "assets.s3.eu-central-1.amazonaws.com", ""));
        JsonElement after = await moto.AwsAsync("cloudfront", "get-distribution-config", "--id", id);
        Paths(after).Should().Equal("/shop_1.0.0_1", "");
        Without(after).Should().Be(Without(before), "all else is as it was");
        (await client.GetDistributionAsync(id, CancellationToken.None)).Origins[0].Path.Should().Be("/shop_1.0.0_1");
    }

    [Test]
    public async Task CreateInvalidation_PathsWithSpecialCharacters_ArriveAsTheyAre()
    {
        await using RealMoto moto = await RealMoto.StartAsync();
        string id = await DistributionConfig.CreateAsync(moto, "site");
        var client = new CloudFrontClient(new AwsAccess(moto.Options));
        string[] paths = ["/a%20b.html", "/a%26b%3Cc%3E.html", "/*"];

        Invalidation made = await client.CreateInvalidationAsync(id, "run-1/step", paths, CancellationToken.None);

        JsonElement batch = (await moto.AwsAsync("cloudfront", "get-invalidation", "--distribution-id", id, "--id", made.Id)).GetProperty("Invalidation").GetProperty("InvalidationBatch");
        batch.GetProperty("CallerReference").GetString().Should().Be("run-1/step");
        batch.GetProperty("Paths").GetProperty("Items").EnumerateArray().Select(path => path.GetString()).Should().BeEquivalentTo(paths);
        (await client.GetInvalidationAsync(id, made.Id, CancellationToken.None)).IsCompleted.Should().BeTrue();
    }

    [Test]
    public async Task GetDistribution_ThatIsNotThere_SaysSo()
    {
        await using RealMoto moto = await RealMoto.StartAsync();
        var client = new CloudFrontClient(new AwsAccess(moto.Options));

        AwsFailure failure = (await client.Awaiting(it => it.GetDistributionAsync("E123", CancellationToken.None)).Should().ThrowAsync<AwsFailure>()).Which;

        failure.IsNotFound.Should().BeTrue();
        failure.Message.Should().Contain("cloudfront:GetDistribution on the distribution E123").And.Contain("NoSuchDistribution");
    }

    private static IEnumerable<string?> Paths(JsonElement config) =>
        config.GetProperty("DistributionConfig").GetProperty("Origins").GetProperty("Items").EnumerateArray().Select(origin => origin.GetProperty("OriginPath").GetString());

    // moto adds the region of a shield that is off, whoever updates.
    private static string Without(JsonElement config)
    {
        var all = (JsonObject)JsonNode.Parse(config.GetProperty("DistributionConfig").GetRawText())!;
        foreach (JsonNode? origin in all["Origins"]!["Items"]!.AsArray())
        {
            ((JsonObject)origin!).Remove("OriginPath");
            ((JsonObject)origin["OriginShield"]!).Remove("OriginShieldRegion");
        }

        return all.ToJsonString();
    }
}
