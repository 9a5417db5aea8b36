using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Store;

namespace Deployment.Providers.Aws.Tests.Sites.Targets;

/// <summary>
/// A deployer that dies before and after each write to its store and each effect; the next one goes on. Deaths in the midst of an upload, at every request to
/// S3, are the business of the tests of the two ways by themselves.
/// </summary>
public sealed class SiteCrashTests
{
    [TestCase(true)]
    [TestCase(false)]
    public Task Deployer_DiesAtSomePoints_IsGoneOnWith(bool isAtomic) => AtPointsAsync(isAtomic, 5);

    [TestCase(true)]
    [TestCase(false)]
    [Category("Soak")]
    public Task Deployer_DiesAtEveryPoint_IsGoneOnWith(bool isAtomic) => AtPointsAsync(isAtomic, 1);

    private static async Task AtPointsAsync(bool isAtomic, int step)
    {
        await using SiteWorld world = await SiteWorld.StartAsync();
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int point = 1; ; point += step)
        {
            var site = new CrashingSite(world, isAtomic, $"p{point}/");
            (await site.Pipeline(new SimulatedProcess()).DeployAsync(world.Build("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
            var process = new SimulatedProcess(dieAt: point);
            try
            {
                (await site.Pipeline(process).DeployAsync(world.Build("1.1.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
                break;
            }
            catch (SimulatedCrashException)
            {
            }

            IReadOnlyList<DeploymentResult> resumed = await site.Pipeline(new SimulatedProcess()).ResumeAllAsync();
            string served = (await site.GetAsync("/index.html"))!.Split('>')[^1];
            string end = $"{(resumed.Count == 0 ? "no run" : resumed[0].Outcome)} {served}";
            end.Should().BeOneOf(["Succeeded 1.1.0", "no run 1.0.0", "no run 1.1.0"], $"it died {process.Death}: {(resumed.Count > 0 ? resumed[0].Reason : "")}");
            (await site.GetAsync(SiteWorld.Asset(served))).Should().Be($"// {served}", "the page that is served has its asset");
            ends[end] = ends.GetValueOrDefault(end) + 1;
        }

        await TestContext.Out.WriteLineAsync(string.Join(", ", ends));
        ends["Succeeded 1.1.0"].Should().BeGreaterThan(2);
    }

    /// <summary>A site below a prefix of its own, with a distribution and a store that outlive its deployer.</summary>
    private sealed class CrashingSite(SiteWorld world, bool isAtomic, string prefix)
    {
        private readonly InMemoryDeploymentStore _store = new();
        private readonly FakeCloudFront _cloudFront = new(TimeProvider.System) { EdgesTake = TimeSpan.FromMilliseconds(50), InvalidationTakes = TimeSpan.Zero };

        public DeploymentPipeline Pipeline(SimulatedProcess process)
        {
            S3SiteTarget target = isAtomic
                ? S3SiteTarget.Atomic(SiteWorld.Bucket, FakeCloudFront.Id, "site", Configure, _cloudFront)
                : S3SiteTarget.InPlace(SiteWorld.Bucket, "site", Configure, _cloudFront);
            DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop").DeployTo(process.Reach(target)).UseStore(process.Reach(_store))
                .ConfigureEngine(engine => (engine.LeaseTerm, engine.SignalInterval) = (TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(50)));
            return (isAtomic ? pipeline.UseBlueGreen() : pipeline.UseRecreate()).Build();
        }

        public Task<string?> GetAsync(string path) => world.GetAsync(isAtomic ? _cloudFront.Path : "/" + prefix.TrimEnd('/'), path);

        private void Configure(S3SiteTargetOptions options)
        {
            world.Configure(options);
            options.Files.Prefix = prefix;
        }
    }
}
