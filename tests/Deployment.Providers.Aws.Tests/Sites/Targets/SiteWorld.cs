using System.Net;
using System.Text;
using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Tests.Sites.Targets;

/// <summary>A bucket of a test's own on a real moto, a distribution in front of it, and what a browser gets there.</summary>
internal sealed class SiteWorld : IAsyncDisposable
{
    public const string Bucket = "shop-site";
    private static readonly TimeSpan _edgesTake = TimeSpan.FromMilliseconds(200);

    private readonly string _folder = Directory.CreateTempSubdirectory("site-").FullName;
    private readonly Lazy<IAmazonS3> _s3;

    private SiteWorld(RealMoto moto)
    {
        Moto = moto;
        _s3 = new Lazy<IAmazonS3>(() => new AwsAccess(moto.Options).S3);
    }

    public RealMoto Moto { get; }

    public FakeCloudFront CloudFront { get; } = new(TimeProvider.System) { EdgesTake = _edgesTake, InvalidationTakes = _edgesTake };

    public InMemoryDeploymentStore Store { get; } = new();

    public static async Task<SiteWorld> StartAsync()
    {
        var world = new SiteWorld(await RealMoto.StartAsync());
        await world.Moto.AwsAsync("s3api", "create-bucket", "--bucket", Bucket, "--create-bucket-configuration", $"LocationConstraint={RealMoto.Region}");
        return world;
    }

    public S3SiteTarget Atomic(Action<S3SiteTargetOptions>? configure = null) => S3SiteTarget.Atomic(Bucket, FakeCloudFront.Id, "site", options => Configure(options, configure), CloudFront);

    public S3SiteTarget InPlace(Action<S3SiteTargetOptions>? configure = null) => S3SiteTarget.InPlace(
        Bucket,
        "site",
        options =>
        {
            options.Distribution = FakeCloudFront.Id;
            Configure(options, configure);
        },
        CloudFront);

    public DeploymentPipelineBuilder Pipeline(S3SiteTarget target) => DeploymentPipeline.Create("shop").DeployTo(target).UseStore(Store);

    /// <summary>Builds into the same folder, as a bundler does: what was there before is gone.</summary>
    public Release Build(string version, params (string Path, string Text)[] files)
    {
        string folder = Path.Combine(_folder, "dist");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        foreach ((string path, string text) in files)
        {
            string file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text, Encoding.UTF8);
        }

        return Release.Of("shop", version, S3Site.Folder(folder));
    }

    /// <summary>An application whose page needs one asset with a hash in its name.</summary>
    public Release Build(string version) => Build(
        version,
        ("index.html", $"<script src=/assets/app.{Hash(version)}.js></script>{version}"),
        ("about.html", "about"),
        ($"assets/app.{Hash(version)}.js", $"// {version}"));

    public static string Asset(string version) => $"/assets/app.{Hash(version)}.js";

    /// <summary>What a browser gets from the edges, with an empty cache.</summary>
    /// <returns>The body; null for what isn't there.</returns>
    public Task<string?> GetAsync(string path) => GetAsync(CloudFront.Path, path);

    public async Task<string?> GetAsync(string originPath, string path)
    {
        try
        {
            using GetObjectResponse answer = await _s3.Value.GetObjectAsync(Bucket, $"{originPath}{(path == "/" ? "/index.html" : path)}"[1..]);
            using var reader = new StreamReader(answer.ResponseStream);
            return await reader.ReadToEndAsync();
        }
        catch (AmazonS3Exception missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<string[]> KeysAsync(string prefix = "") =>
        (await Moto.AwsAsync("s3api", "list-objects-v2", "--bucket", Bucket, "--prefix", prefix)) is { ValueKind: JsonValueKind.Object } page && page.TryGetProperty("Contents", out JsonElement contents)
            ? [.. contents.EnumerateArray().Select(seen => seen.GetProperty("Key").GetString()!)]
            : [];

    public async Task PutAsync(string key, string text)
    {
        string file = Path.Combine(_folder, "by-hand");
        await File.WriteAllTextAsync(file, text);
        await Moto.AwsAsync("s3api", "put-object", "--bucket", Bucket, "--key", key, "--body", file);
    }

    public async ValueTask DisposeAsync()
    {
        await Moto.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public void Configure(S3SiteTargetOptions options) => Configure(options, null);

    private void Configure(S3SiteTargetOptions options, Action<S3SiteTargetOptions>? configure)
    {
        AwsOptions ask = Moto.Options;
        (options.Aws.Region, options.Aws.Endpoint, options.Aws.Credentials) = (ask.Region, ask.Endpoint, ask.Credentials);
        options.Interval = TimeSpan.FromMilliseconds(20);
        configure?.Invoke(options);
    }

    private static string Hash(string version) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(version)))[..10];
}
