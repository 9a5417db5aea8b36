using Deployment.Providers.Aws.CloudFront;
using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Secrets;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Sites.Targets;

/// <summary>An atomic site in a small S3, behind a distribution that follows CloudFront's rules.</summary>
internal sealed class AtomicRig : IAsyncDisposable
{
    private AtomicRig(Support.SiteWorld world) => World = world;

    public Support.SiteWorld World { get; }

    public FakeCloudFront CloudFront { get; } = Fast();

    public InMemoryDeploymentStore Store { get; } = new();

    public static async Task<AtomicRig> StartAsync() => new(await Support.SiteWorld.StartAsync());

    public static FakeCloudFront Fast() => new(TimeProvider.System) { EdgesTake = TimeSpan.FromMilliseconds(30), InvalidationTakes = TimeSpan.Zero };

    public S3SiteTarget Target(Action<S3SiteTargetOptions>? more = null, ICloudFront? cloudFront = null, string distribution = FakeCloudFront.Id) =>
        S3SiteTarget.Atomic(Support.SiteWorld.BucketName, distribution, "site", options => Configure(options, more), cloudFront ?? CloudFront);

    public S3SiteTarget InPlace(Action<S3SiteTargetOptions>? more = null) =>
        S3SiteTarget.InPlace(Support.SiteWorld.BucketName, "site", options => Configure(options, more), CloudFront);

    public DeploymentPipelineBuilder Pipeline(DeploymentTarget target, InMemoryDeploymentStore? store = null) => DeploymentPipeline.Create("shop").DeployTo(target).UseStore(store ?? Store);

    public DeploymentPipeline BlueGreen(Action<S3SiteTargetOptions>? more = null) => BlueGreen(Target(more));

    public DeploymentPipeline BlueGreen(DeploymentTarget target, InMemoryDeploymentStore? store = null) =>
        Pipeline(target, store).UseBlueGreen(options => (options.Retry, options.RollbackWindow) = (new RetryPolicy { Attempts = 3, Delay = TimeSpan.FromMilliseconds(10) }, TimeSpan.Zero)).Build();

    /// <summary>A release of what is in the folder, whose page says which one it is.</summary>
    public Release Build(string version, string application = "shop")
    {
        World.Folder.With("index.html", $"{application} {version}");
        return Release.Of(application, version, S3Site.Folder(World.Folder.Path));
    }

    public async Task DeployAsync(string version)
    {
        DeploymentResult result = await BlueGreen().DeployAsync(Build(version));
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.ToString());
    }

    /// <summary>A switch to a revision, as a run would make it that sees what there is now.</summary>
    public static async Task<Operation> SwitchAsync(S3SiteTarget target, string revision) =>
        target.Capability<ISplitTraffic>(await target.ObserveAsync(CancellationToken.None))!.Route(TrafficSplit.AllTo(RevisionId.Parse(revision)));

    public static Task RunAsync(S3SiteTarget target, Operation operation, string run, long epoch) =>
        target.Verbs.Single(verb => verb.Name == operation.Verb).RunAsync(operation.Arguments, Context(run, epoch), CancellationToken.None);

    public static Task<string?> VerifyAsync(S3SiteTarget target, Operation operation) =>
        target.Verbs.Single(verb => verb.Name == operation.Verb).VerifyAsync(operation.Arguments, Context("run", 1_000), CancellationToken.None);

    public ValueTask DisposeAsync() => World.DisposeAsync();

    private static EffectContext Context(string run, long epoch) => new(run, "switch", epoch, new RecordingCommandRunner(), new EnvironmentSecretStore(), TimeProvider.System);

    private void Configure(S3SiteTargetOptions options, Action<S3SiteTargetOptions>? more)
    {
        (options.Aws.Region, options.Aws.Endpoint, options.Aws.Credentials) = (World.Aws.Region, World.Aws.Endpoint, World.Aws.Credentials);
        options.Interval = TimeSpan.FromMilliseconds(10);
        more?.Invoke(options);
    }
}
