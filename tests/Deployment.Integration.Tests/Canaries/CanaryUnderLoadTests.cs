using Deployment.Integration.Tests.Support;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies.Canary;
using Deployment.Targets;

namespace Deployment.Integration.Tests.Canaries;

/// <summary>A canary with a baseline, of real processes, while users ask all the time.</summary>
[Category("Local")]
public sealed class CanaryUnderLoadTests
{
    private static readonly int[] Weights = [1, 10, 50, 100];

    // Longer than any request takes: all that are in flight when it ends began under this share.
    private static readonly TimeSpan BakeAtHalf = CountedLoad.Slowest + TimeSpan.FromSeconds(1);
    private string _folder = "";
    private LocalTarget? _target;
    private CountedLoad? _load;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("dc-").FullName;

    [TearDown]
    public async Task EndWorldAsync()
    {
        await (_load?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_target?.Host.StopAsync(CancellationToken.None) ?? Task.CompletedTask);
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    [CancelAfter(180_000)]
    public async Task Deploy_InShares_EachShareIsExactAndNoRequestFails(CancellationToken cancellationToken)
    {
        var meter = new ShareMeter(() => _load!);

        await DeployUnderLoadAsync(drain: TimeSpan.FromSeconds(30), meter, cancellationToken);

        _load!.Failures.Should().BeEmpty();
        meter.Shares.Should().HaveCount(Weights.Length);
        foreach ((int weight, (double onOneConnection, double amongMany)) in Weights.Zip(meter.Shares))
        {
            TestContext.Out.WriteLine($"{weight}%: {onOneConnection:0.00}% over one connection, {amongMany:0.00}% over many");
            onOneConnection.Should().BeApproximately(weight, 1, "over one connection that is kept");
            amongMany.Should().BeApproximately(weight, 1, "over many connections");
        }
    }

    // The negative control: the same load and the same check, with the wait for requests in flight turned off. Half of the twelve slow requests are on the baseline when it is removed.
    [Test]
    [CancelAfter(180_000)]
    public async Task Deploy_InSharesWithoutDrain_RequestsFail(CancellationToken cancellationToken)
    {
        await DeployUnderLoadAsync(drain: TimeSpan.Zero, meter: null, cancellationToken);

        _load!.Failures.Should().NotBeEmpty();
    }

    /// <summary>The baseline, and after the success the old revision, are killed as soon as they have no share: what waits for their requests is the switch alone.</summary>
    private async Task DeployUnderLoadAsync(TimeSpan drain, ShareMeter? meter, CancellationToken cancellationToken)
    {
        int port = LiveWorld.FreePort();
        LocalTarget target = _target = LocalTarget.Listening(port, local =>
        {
            local.StateFolder = Path.Combine(_folder, "l");
            local.DrainDeadline = drain;
            local.StopGrace = TimeSpan.Zero;
        });
        await SucceedsAsync(Pipeline(target, null).DeployAsync(Shop("1.0.0"), cancellationToken));
        CountedLoad load = _load = new CountedLoad(port, "1.0.0");
        await Wait.UntilAsync(() => load.Answers > 100, "users are served");

        load.Allow("1.0.0", "2.0.0");
        DeploymentPipeline pipeline = Pipeline(target, meter);
        await SucceedsAsync(pipeline.DeployAsync(Shop("2.0.0"), cancellationToken));
        load.Allow("2.0.0");
        (await pipeline.CompleteAsync(cancellationToken)).Should().ContainSingle("the old revision is retired at once").Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        int before = load.Answers;
        await Wait.UntilAsync(() => load.Answers > before + 100, "users are still served");

        (await target.ObserveAsync(cancellationToken)).Revisions.Should().ContainSingle().Which.Id.Should().Be(new RevisionId("shop", "2.0.0", 1));
    }

    private DeploymentPipeline Pipeline(LocalTarget target, ShareMeter? meter)
    {
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop")
            .DeployTo(target)
            .UseCanary(canary =>
            {
                canary.Steps = [.. Weights.Select(weight => new CanaryStep { Weight = weight, BakeTime = weight == 50 ? BakeAtHalf : null })];
                canary.BakeTime = TimeSpan.FromMilliseconds(300);
                canary.Baseline = CanaryBaseline.Required;
                canary.RollbackWindow = TimeSpan.Zero;
            })
            .UseStore(new FileDeploymentStore(Path.Combine(_folder, "store")));
        return (meter is null ? builder : builder.Check(meter, Moment.Shifted)).Build();
    }

    private static Release Shop(string version) => Release
        .Of("shop", version, Artifact.Process("dotnet", "exec", Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Providers.Local.Tests.App.dll")).In(Path.GetTempPath()))
        .WithSetting("VERSION", version);

    private static async Task SucceedsAsync(Task<DeploymentResult> deploying)
    {
        DeploymentResult result = await deploying;
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }
}
