using System.Text;
using Amazon.Runtime;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Sites;
using Deployment.Tests.S3;

namespace Deployment.Providers.Aws.Tests.Support;

/// <summary>A bucket in a small S3, a folder, and what deploys the one into the other.</summary>
internal sealed class SiteWorld : IAsyncDisposable
{
    public const string BucketName = "shop-site";

    private SiteWorld(SmallS3 server) => Server = server;

    public SmallS3 Server { get; }

    public SmallS3Bucket Objects => Server.Bucket(BucketName);

    public SiteFolderOnDisk Folder { get; } = new();

    public SiteOptions Options { get; } = new() { Bucket = BucketName };

    public AwsOptions Aws { get; private init; } = new();

    public AwsTool Tool => new(Server.Address);

    public SiteBucket Bucket => new(new AwsAccess(Aws), Options);

    /// <summary>The epoch of the run that acts.</summary>
    public long Epoch { get; set; } = 1;

    public InPlaceSite InPlace => new(Bucket, Options, TimeProvider.System, Epoch);

    public AtomicSite Atomic => new(Bucket, Options, "site/E2EXAMPLE", TimeProvider.System);

    public static async Task<SiteWorld> StartAsync()
    {
        SmallS3 server = await SmallS3.StartAsync();
        server.Bucket(BucketName);
        return new SiteWorld(server) { Aws = OptionsFor(server.Address) };
    }

    public static AwsOptions OptionsFor(Uri address) => new() { Region = RealMoto.Region, Endpoint = address, Credentials = new BasicAWSCredentials("AKIDTESTS", "secret"), Attempts = 2, Timeout = TimeSpan.FromSeconds(20) };

    public Task<SiteContent> ScanAsync(string prefix = "") => new SiteScanner(Options).ScanAsync(Folder.Path, prefix, CancellationToken.None);

    /// <summary>All of a deployment in place, by a run of its own.</summary>
    public async Task DeployAsync(string revision)
    {
        Epoch++;
        SiteContent content = await ScanAsync(Options.Prefix);
        await InPlace.SwitchAsync(revision, content, CancellationToken.None);
        (await InPlace.CleanAsync(CancellationToken.None)).Check();
    }

    /// <summary>A way back, by a run of its own.</summary>
    public Task GoBackAsync(string from, string? to)
    {
        Epoch++;
        return InPlace.GoBackAsync(from, to, CancellationToken.None);
    }

    /// <summary>Ends a deployment in place by a failure of S3.</summary>
    public async Task DieAsync(string revision, Func<Microsoft.AspNetCore.Http.HttpRequest, bool> at)
    {
        Server.Fault = request => at(request) ? (System.Net.HttpStatusCode.BadRequest, "Killed") : null;
        await FluentActions.Awaiting(() => DeployAsync(revision)).Should().ThrowAsync<DeploymentException>();
        Server.Fault = null;
    }

    /// <summary>What lies in the bucket anywhere, text.</summary>
    public IEnumerable<string> Contents => Objects.Objects.Values.Select(its => Encoding.UTF8.GetString(its.Bytes));

    /// <summary>What users see: text by path, without our records.</summary>
    public Dictionary<string, string> Seen(string prefix = "") => Objects.Objects
        .Where(its => its.Key.StartsWith(prefix, StringComparison.Ordinal) && !its.Key[prefix.Length..].StartsWith(SiteKeys.Own, StringComparison.Ordinal))
        .ToDictionary(its => its.Key[prefix.Length..], its => Encoding.UTF8.GetString(its.Value.Bytes));

    public void Put(string key, string content) => Objects.Put(key, new SmallS3Object([Encoding.UTF8.GetBytes(content)], SmallS3Body.Md5(Encoding.UTF8.GetBytes(content)), new Dictionary<string, string> { ["Content-Type"] = "text/x-theirs" }, TimeProvider.System.GetUtcNow()));

    public async ValueTask DisposeAsync()
    {
        Folder.Dispose();
        await Server.DisposeAsync();
    }
}
