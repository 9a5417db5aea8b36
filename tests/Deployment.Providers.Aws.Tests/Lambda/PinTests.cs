using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>What artifacts stand for is found out when a deployment is planned, on real buckets and registries of an emulator.</summary>
public sealed class PinTests : MotoTest
{
    [Test]
    public async Task S3_ObjectOfABucketWithVersions_IsPinnedToTheOneThatWasRead()
    {
        string bucket = $"{Function.Name}-code";
        await Moto.AwsAsync("s3api", "create-bucket", "--bucket", bucket, "--create-bucket-configuration", "LocationConstraint=eu-central-1");
        await Moto.AwsAsync("s3api", "put-bucket-versioning", "--bucket", bucket, "--versioning-configuration", "Status=Enabled");
        string path = Path.Combine(Function.Folder, "a b.zip");
        ZipFile.CreateFromDirectory(Function.Code("1.0.0"), path);
        string hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path)));
        string version = (await Moto.AwsAsync("s3api", "put-object", "--bucket", bucket, "--key", "code/a b.zip", "--body", path)).GetProperty("VersionId").GetString()!;
        LambdaTarget target = Function.Target();
        Artifact pinned = await target.PinAsync(LambdaCode.S3(bucket, "code/a b.zip"), CancellationToken.None);
        pinned.Sha256.Should().Be(hash);
        pinned.Package.Should().Be($"s3://{bucket}/code/a%20b.zip?versionId={Uri.EscapeDataString(version)}");
        await MotoFunction.RunAsync(target, target.Update(new Revision(new RevisionId("shop", "1.0.0", 1), Release.Of("shop", "1.0.0", pinned))));
        (await Function.VersionAsync(1)).GetProperty("CodeSha256").GetString().Should().Be(Convert.ToBase64String(Convert.FromHexString(hash)));

        (await target.Invoking(one => one.PinAsync(LambdaCode.S3(bucket, "missing.zip"), CancellationToken.None)).Should().ThrowAsync<DeploymentException>()).WithMessage($"s3:GetObject on s3://{bucket}/missing.zip*");
    }

    [Test]
    public async Task S3_ObjectThatChangedSinceItWasPlanned_IsNotPublished()
    {
        string bucket = $"{Function.Name}-code";
        await Moto.AwsAsync("s3api", "create-bucket", "--bucket", bucket, "--create-bucket-configuration", "LocationConstraint=eu-central-1");
        string path = Path.Combine(Function.Folder, "code.zip");
        ZipFile.CreateFromDirectory(Function.Code("1.0.0"), path);
        await Moto.AwsAsync("s3api", "put-object", "--bucket", bucket, "--key", "code.zip", "--body", path);
        LambdaTarget target = Function.Target();
        Artifact pinned = await target.PinAsync(LambdaCode.S3(bucket, "code.zip"), CancellationToken.None);
        File.Delete(path);
        ZipFile.CreateFromDirectory(Function.Code("1.0.1"), path);
        await Moto.AwsAsync("s3api", "put-object", "--bucket", bucket, "--key", "code.zip", "--body", path);
        (await FluentActions.Invoking(() => MotoFunction.RunAsync(target, target.Update(new Revision(new RevisionId("shop", "1.0.0", 1), Release.Of("shop", "1.0.0", pinned))))).Should().ThrowAsync<DeploymentException>()).WithMessage("*has changed since*No version was published*");
        (await Function.VersionsAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Image_Tag_IsResolvedToItsDigest()
    {
        string repository = Function.Name;
        string uri = (await Moto.AwsAsync("ecr", "create-repository", "--repository-name", repository)).GetProperty("repository").GetProperty("repositoryUri").GetString()!;
        JsonElement image = (await Moto.AwsAsync("ecr", "put-image", "--repository-name", repository, "--image-tag", "1.0.0", "--image-manifest",
            """{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":7,"digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"layers":[]}""")).GetProperty("image");
        LambdaTarget target = Function.Target();
        Artifact pinned = await target.PinAsync(Artifact.Image($"{uri}:1.0.0"), CancellationToken.None);
        $"sha256:{pinned.Sha256}".Should().Be(image.GetProperty("imageId").GetProperty("imageDigest").GetString());
        (await target.Invoking(one => one.PinAsync(Artifact.Image($"{uri}:9.9.9"), CancellationToken.None)).Should().ThrowAsync<DeploymentException>()).WithMessage("ecr:DescribeImages on*:9.9.9*");
        Artifact named = Artifact.Image($"{uri}@sha256:{new string('b', 64)}");
        (await target.PinAsync(named, CancellationToken.None)).Sha256.Should().Be(new string('b', 64));
    }

    [TestCase("shop:1.0.0")]
    [TestCase("registry.example.com/shop:1.0.0")]
    [TestCase("123456789012.dkr.ecr.eu-central-1.amazonaws.com/Shop:1.0.0")]
    public void Image_ThatIsNotInEcr_IsRefused(string reference) => Function.Target().Refuses(Artifact.Image(reference)).Should().Contain("Amazon ECR");

    [Test]
    public void Artifacts_OfOtherKinds_AreRefused()
    {
        LambdaTarget target = Function.Target();
        target.Refuses(Artifact.Process("dotnet")).Should().Contain("can't install the artifact kind 'process'");
        target.Refuses(LambdaCode.Zip("code.zip", "ABC")).Should().Contain("64 hexadecimal digits");
        target.Refuses(LambdaCode.Folder("code")).Should().BeNull();
        target.Refuses(LambdaCode.S3("bucket", "key")).Should().BeNull();
    }
}
