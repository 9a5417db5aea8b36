using System.Text;
using System.Text.Json;
using Deployment.Providers.Aws.Sites;
using Deployment.Commands;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Runbooks;
using Deployment.Tests;

namespace Deployment.Providers.Aws.Tests.Sites.Targets;

/// <summary>The lines of a plan do by hand what the deployer does: a person pastes them into a shell.</summary>
public sealed class ByHandTests
{
    [Test]
    public async Task Plan_AtomicPasted_ServesTheRelease()
    {
        RealComponent.Require("jq");
        await using SiteWorld world = await SiteWorld.StartAsync();
        // moto says at once that all edges have it, or the aws tool would wait for a minute.
        using var http = new HttpClient();
        using var now = new StringContent("""{"model_name":"cloudfront::distribution","transition":{"progression":"immediate"}}""", Encoding.UTF8, "application/json");
        (await http.PostAsync(new Uri(world.Moto.Address, "/moto-api/state-manager/set-transition"), now)).EnsureSuccessStatusCode();
        string distribution = await DistributionConfig.CreateAsync(world.Moto, SiteWorld.Bucket, "other");
        S3SiteTarget target = S3SiteTarget.Atomic(SiteWorld.Bucket, distribution, "site", world.Configure);
        Runbook runbook = await world.Pipeline(target).UseBlueGreen().Build().PlanAsync(world.Build("1.0.0"));

        foreach (EffectStep step in runbook.Steps.OfType<EffectStep>())
        {
            await PasteAsync(world, [.. step.Commands, .. step.VerificationCommands]);
        }

        (await world.GetAsync("/shop_1.0.0_1", "/")).Should().EndWith("1.0.0");
        (await world.GetAsync("/shop_1.0.0_1", SiteWorld.Asset("1.0.0"))).Should().Be("// 1.0.0");
        JsonElement config = (await world.Moto.AwsAsync("cloudfront", "get-distribution-config", "--id", distribution)).GetProperty("DistributionConfig");
        config.GetProperty("Origins").GetProperty("Items").EnumerateArray().Select(origin => origin.GetProperty("OriginPath").GetString()).Should().Equal("/shop_1.0.0_1", "");
        (await world.Moto.AwsAsync("cloudfront", "list-invalidations", "--distribution-id", distribution)).GetProperty("InvalidationList").GetProperty("Items").GetArrayLength().Should().Be(1);
        (await world.Moto.AwsAsync("s3api", "head-object", "--bucket", SiteWorld.Bucket, "--key", "shop_1.0.0_1/index.html")).GetProperty("CacheControl").GetString().Should().Be("no-cache");
    }

    [Test]
    public async Task Plan_InPlacePasted_ServesTheRelease()
    {
        await using SiteWorld world = await SiteWorld.StartAsync();
        S3SiteTarget target = S3SiteTarget.InPlace(SiteWorld.Bucket, "site", world.Configure);
        Runbook runbook = await world.Pipeline(target).UseRecreate().Build().PlanAsync(world.Build("1.0.0"));

        await PasteAsync(world, [.. runbook.Steps.OfType<EffectStep>().Single().Commands]);

        (await world.GetAsync("", "/")).Should().EndWith("1.0.0");
        (await world.GetAsync("", SiteWorld.Asset("1.0.0"))).Should().Be("// 1.0.0");
    }

    private static async Task PasteAsync(SiteWorld world, string[] lines)
    {
        // The aws tool of Debian knows no AWS_ENDPOINT_URL: the lines themselves must have the address.
        CommandResult result = await new CommandRunner(TimeProvider.System).RunAsync(
            Command.Of("bash", "-eu", "-c", string.Join('\n', lines)) with { Environment = world.Moto.Environment.Remove("AWS_ENDPOINT_URL"), Timeout = TimeSpan.FromMinutes(2) },
            null,
            CancellationToken.None);
        result.ExitCode.Should().Be(0, "`{0}` should succeed, and said: {1} {2}", string.Join('\n', lines), result.Output, result.Error);
    }
}
