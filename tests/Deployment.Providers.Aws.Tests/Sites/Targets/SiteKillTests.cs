using System.Globalization;
using System.Net;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Deployment.Commands;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Tests.S3;

namespace Deployment.Providers.Aws.Tests.Sites.Targets;

/// <summary>A deployer that is killed (SIGKILL) in the midst, and another process that goes on.</summary>
public sealed class SiteKillTests
{
    // Killed by the server that it asks: before a request is done, and after it was, when the answer is lost.
    [TestCase(13)]
    [TestCase(1, Category = "Soak")]
    public async Task InPlace_KilledInRequests_IsGoneOnWith(int step)
    {
        await using SmallS3 server = await SmallS3.StartAsync();
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int moment = 1;
        for (; ; moment += step)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"site-{moment}");
            SmallS3Bucket bucket = server.Bucket(name);
            bucket.Put("theirs.txt", Object("theirs"));
            using var deployer = new Deployer(server.Address, name, "-");
            CommandResult first = await deployer.DeployAsync("1.0.0");
            first.Output.Should().EndWith("Succeeded\n", first.Error);
            KillAt(server, moment, deployer);
            CommandResult killed = await deployer.DeployAsync("1.1.0");
            (server.Fault, server.Done) = (null, null);
            if (killed.ExitCode == 0)
            {
                break;
            }

            killed.ExitCode.Should().Be(137, killed.Error);
            CommandResult resumed = await deployer.ResumeAsync();
            resumed.ExitCode.Should().Be(0, $"what was killed at {moment} is gone on with: {resumed.Error}");

            string end = $"{resumed.Output.Split(';')[^1].Trim()} {Text(bucket, "index.html")}".Trim();
            end.Should().BeOneOf(["Succeeded 1.1.0", "1.0.0", "1.1.0"], $"it was killed at {moment}: {resumed.Output}");
            Stands(bucket, end[^5..], $"it was killed at {moment}");
            if (end == "1.1.0")
            {
                // It had succeeded, and what it left the next one removes.
                (await deployer.DeployAsync("1.2.0")).Output.Should().EndWith("Succeeded\n");
                Stands(bucket, "1.2.0", $"it was killed at {moment} and another came");
            }

            if (end != "1.0.0")
            {
                bucket.Objects.Keys.Should().NotContain("only-in-1.0.0.html", "it was killed at {0}", moment);
            }

            ends[end] = ends.GetValueOrDefault(end) + 1;
        }

        await TestContext.Out.WriteLineAsync($"{moment} moments at most: {string.Join(", ", ends)}.");
        ends["Succeeded 1.1.0"].Should().BePositive();
    }

    [TestCase(7)]
    [TestCase(1, Category = "Soak")]
    public async Task Atomic_KilledAtPoints_IsGoneOnWith(int step)
    {
        await using SiteWorld world = await SiteWorld.StartAsync();
        IAmazonS3 s3 = new AwsAccess(world.Moto.Options).S3;
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int point = 1;
        for (; ; point += step)
        {
            string bucket = string.Create(CultureInfo.InvariantCulture, $"site-{point}");
            await world.Moto.AwsAsync("s3api", "create-bucket", "--bucket", bucket, "--create-bucket-configuration", $"LocationConstraint={RealMoto.Region}");
            string distribution = await DistributionConfig.CreateAsync(world.Moto, bucket);
            using var deployer = new Deployer(world.Moto.Address, bucket, distribution);
            CommandResult first = await deployer.DeployAsync("1.0.0");
            first.Output.Should().EndWith("Succeeded\n", first.Error);
            CommandResult killed = await deployer.DeployAsync("1.1.0", point);
            if (killed.ExitCode == 0)
            {
                break;
            }

            killed.ExitCode.Should().Be(137, killed.Error);
            CommandResult resumed = await deployer.ResumeAsync();
            resumed.ExitCode.Should().Be(0, $"what was killed at {point} is gone on with: {resumed.Error}");

            string path = (await world.Moto.AwsAsync("cloudfront", "get-distribution-config", "--id", distribution)).GetProperty("DistributionConfig").GetProperty("Origins").GetProperty("Items")[0].GetProperty("OriginPath").GetString()!;
            string served = await TextAsync(s3, bucket, $"{path}/index.html");
            string end = $"{resumed.Output.Split(';')[^1].Trim()} {served}".Trim();
            end.Should().BeOneOf(["Succeeded 1.1.0", "1.0.0", "1.1.0"], $"it was killed at {point}: {resumed.Output}");
            foreach ((string file, string text) in Deployer.Site(served))
            {
                (await TextAsync(s3, bucket, $"{path}/{file}")).Should().Be(text, "{0} is served whole, killed at {1}", file, point);
            }

            ends[end] = ends.GetValueOrDefault(end) + 1;
        }

        await TestContext.Out.WriteLineAsync($"{point} points at most: {string.Join(", ", ends)}.");
        ends["Succeeded 1.1.0"].Should().BePositive();
    }

    private static void KillAt(SmallS3 server, int moment, Deployer deployer)
    {
        int asked = 0;
        int done = 0;
        server.Fault = _ =>
        {
            if ((2 * Interlocked.Increment(ref asked)) - 1 == moment)
            {
                deployer.Kill();
            }

            // What is dead asks no more, and what it had asked for isn't done.
            return (2 * asked) - 1 >= moment && moment % 2 == 1 ? (HttpStatusCode.BadRequest, "Killed") : null;
        };
        server.Done = _ =>
        {
            if (2 * Interlocked.Increment(ref done) == moment)
            {
                deployer.Kill();
            }
        };
    }

    private static void Stands(SmallS3Bucket bucket, string version, string when)
    {
        foreach ((string file, string text) in Deployer.Site(version))
        {
            Text(bucket, file).Should().Be(text, "{0} is served whole: {1}", file, when);
        }

        Text(bucket, "theirs.txt").Should().Be("theirs", when);
        Text(bucket, Deployer.Asset("1.0.0")).Should().Be("app 1.0.0", "a page that was opened before asks for it: {0}", when);
        bucket.Uploads.Should().BeEmpty("nothing is left that costs money: {0}", when);
    }

    private static string? Text(SmallS3Bucket bucket, string key) => bucket.Objects.TryGetValue(key, out SmallS3Object? found) ? Encoding.UTF8.GetString(found.Bytes) : null;

    private static SmallS3Object Object(string text) => new([Encoding.UTF8.GetBytes(text)], SmallS3Body.Md5(Encoding.UTF8.GetBytes(text)), new Dictionary<string, string>(), TimeProvider.System.GetUtcNow());

    private static async Task<string> TextAsync(IAmazonS3 s3, string bucket, string key)
    {
        using GetObjectResponse answer = await s3.GetObjectAsync(bucket, key.TrimStart('/'));
        using var reader = new StreamReader(answer.ResponseStream);
        return await reader.ReadToEndAsync();
    }
}
