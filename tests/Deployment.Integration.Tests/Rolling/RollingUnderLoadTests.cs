using System.Globalization;
using Deployment.Health;
using Deployment.Integration.Tests.Canaries;
using Deployment.Integration.Tests.Support;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies.Rolling;
using Deployment.Targets;

namespace Deployment.Integration.Tests.Rolling;

/// <summary>Four real processes that are replaced in batches, while users ask all the time.</summary>
[Category("Local")]
public sealed class RollingUnderLoadTests
{
    private const int Instances = 4;
    private const int Never = int.MaxValue;
    private const int SlowMilliseconds = 400;
    private static readonly RevisionId First = new("shop", "1.0.0", 1);
    private static readonly RevisionId Second = new("shop", "2.0.0", 1);
    private string _folder = "";
    private LocalTarget? _target;
    private CountedLoad? _load;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("dr-").FullName;

    [TearDown]
    public async Task EndWorldAsync()
    {
        await (_load?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_target?.Host.StopAsync(CancellationToken.None) ?? Task.CompletedTask);
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    [CancelAfter(180_000)]
    public async Task Deploy_AndBack_NoRequestFailsAndCapacityIsAsPromised(CancellationToken cancellationToken)
    {
        LocalTarget target = await OpenAsync(TimeSpan.FromSeconds(30), cancellationToken);
        var meter = new SlotMeter(() => _load!, SlotsAsync, Never);
        DeploymentPipeline pipeline = Pipeline(target, meter, unavailable: 1, surge: 1);
        await using (CapacityWatch watch = Watch(target))
        {
            _load!.Allow("1.0.0", "2.0.0");
            await SucceedsAsync(pipeline.DeployAsync(Shop("2.0.0"), cancellationToken));
            _load.Allow("2.0.0");

            await AllAreAsync(Second, cancellationToken);
            (watch.Least, watch.Most).Should().Be((Instances - 1, Instances + 1), "as many as MaxUnavailable and MaxSurge allow, and no more");
        }

        foreach ((double expected, double measured) in meter.Shares)
        {
            TestContext.Out.WriteLine($"{expected:0.0}% of the slots had {measured:0.0}% of the requests");
            measured.Should().BeApproximately(expected, 4);
        }

        meter.Shares.Count.Should().BeGreaterThan(2);
        await using (CapacityWatch watch = Watch(target))
        {
            _load.Allow("1.0.0", "2.0.0");
            await SucceedsAsync(pipeline.RollBackAsync(cancellationToken: cancellationToken));
            _load.Allow("1.0.0");

            // It had no slot left, so it was removed and comes back as another attempt.
            await AllAreAsync(new RevisionId(First.Application, First.Version, 2), cancellationToken);
            (watch.Least, watch.Most).Should().Be((Instances - 1, Instances + 1), "going back keeps the same promise");
        }

        await StillServedAsync();
        _load.Failures.Should().BeEmpty();
    }

    // The negative control: the same load and the same check, with the wait for requests in flight turned off.
    [Test]
    [CancelAfter(180_000)]
    public async Task Deploy_WithoutDrain_RequestsFail(CancellationToken cancellationToken)
    {
        LocalTarget target = await OpenAsync(TimeSpan.Zero, cancellationToken);

        _load!.Allow("1.0.0", "2.0.0");
        await SucceedsAsync(Pipeline(target, null, unavailable: 1, surge: 1).DeployAsync(Shop("2.0.0"), cancellationToken));

        await StillServedAsync();
        _load.Failures.Should().NotBeEmpty();
    }

    [Test]
    [CancelAfter(180_000)]
    public async Task Deploy_NewVersionIsUnwell_GoesBackByItselfAndNoRequestFails(CancellationToken cancellationToken)
    {
        LocalTarget target = await OpenAsync(TimeSpan.FromSeconds(30), cancellationToken);
        var meter = new SlotMeter(() => _load!, SlotsAsync, unwellFrom: 2);
        await using CapacityWatch watch = Watch(target);

        _load!.Allow("1.0.0", "2.0.0");
        DeploymentResult result = await Pipeline(target, meter, unavailable: 1, surge: 0).DeployAsync(Shop("2.0.0"), cancellationToken);
        _load.Allow("1.0.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        result.Reason.Should().Contain("unwell");
        await AllAreAsync(First, cancellationToken);
        await StillServedAsync();
        meter.Shares.Should().HaveCount(2, "the batches after the one that failed never began");
        (watch.Least, watch.Most).Should().Be((Instances - 1, Instances));
        _load.Failures.Should().BeEmpty();
    }

    /// <summary>A target that users are served by. What ends has no grace: only the wait for its requests protects them.</summary>
    private async Task<LocalTarget> OpenAsync(TimeSpan drain, CancellationToken cancellationToken)
    {
        int port = LiveWorld.FreePort();
        LocalTarget target = _target = LocalTarget.Listening(port, local =>
        {
            local.StateFolder = Path.Combine(_folder, "l");
            local.Instances = Instances;
            local.DrainDeadline = drain;
            local.StopGrace = TimeSpan.Zero;
        });
        await SucceedsAsync(Pipeline(target, null, unavailable: 1, surge: 1).DeployAsync(Shop("1.0.0"), cancellationToken));
        CountedLoad load = _load = new CountedLoad(port, SlowMilliseconds, "1.0.0");
        await Wait.UntilAsync(() => load.Answers > 100, "users are served");
        return target;
    }

    private DeploymentPipeline Pipeline(LocalTarget target, SlotMeter? meter, int unavailable, int surge)
    {
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop")
            .DeployTo(target)
            .UseRolling(rolling => (rolling.MaxUnavailable, rolling.MaxSurge) = (unavailable, surge))
            .UseStore(new FileDeploymentStore(Path.Combine(_folder, "store")));
        return (meter is null ? builder : builder.Check(meter, Moment.Shifted)).Build();
    }

    private CapacityWatch Watch(LocalTarget target) =>
        new(Path.Combine(_folder, "l", string.Create(CultureInfo.InvariantCulture, $"router-{target.Port}"), target.Name + ".json"));

    private async Task<SlotTable> SlotsAsync(CancellationToken cancellationToken) => (await _target!.ObserveAsync(cancellationToken)).Slots;

    private async Task AllAreAsync(RevisionId revision, CancellationToken cancellationToken)
    {
        (await SlotsAsync(cancellationToken)).Should().Be(SlotTable.Empty.With(_target!.Slots, revision));
        (await _target.Host.StatusAsync(cancellationToken)).Select(instance => (instance.Revision, instance.Slot, Runs: instance.ProcessId is not null))
            .Should().BeEquivalentTo(Enumerable.Range(1, Instances).Select(slot => (revision, slot, true)));
    }

    private async Task StillServedAsync()
    {
        int before = _load!.Answers;
        await Wait.UntilAsync(() => _load.Answers > before + 100, "users are still served");
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
