using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Integration.Tests;

/// <summary>Both strategies carry a target whose processes have no port, and know nothing of it.</summary>
[Category("Local")]
public sealed class WorkersTests
{
    // Whether two work at once is asked of a lock: a worker can be told to end before it has written that it began, and after.
    private const string Script = "exec 9>> $WORK.lock; flock -n 9 || echo second $VERSION >> $WORK; trap 'echo end $VERSION >> $WORK; exit 0' TERM; echo begin $VERSION >> $WORK; [ $VERSION = 3.0.0 ] && exit 1; while :; do sleep 0.1; done";
    private string _folder = "";
    private LocalWorkers _workers = null!;

    [SetUp]
    public void MakeWorld()
    {
        _folder = Directory.CreateTempSubdirectory("dq-").FullName;
        _workers = Workers(overlap: false);
    }

    [TearDown]
    public async Task EndWorldAsync()
    {
        await _workers.Host.StopAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Deploy_DeployAndBack_TheRevisionThatHasAllIsTheOneThatRuns([Values] bool blueGreen)
    {
        DeploymentPipeline pipeline = Pipeline(blueGreen);

        (await pipeline.DeployAsync(Worker("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        await RunsAsync("1.0.0");
        (await pipeline.DeployAsync(Worker("2.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        await RunsAsync("2.0.0");
        DeploymentResult failed = await pipeline.DeployAsync(Worker("3.0.0"));
        failed.Outcome.Should().Be(DeploymentOutcome.RolledBack, failed.Reason);
        await RunsAsync("2.0.0");
        DeploymentResult back = await pipeline.RollBackAsync();
        back.Outcome.Should().Be(DeploymentOutcome.Succeeded, back.Reason);

        await RunsAsync("1.0.0");
        Events().Take(3).Should().Equal("begin 1.0.0", "end 1.0.0", "begin 2.0.0");
        Events()[^1].Should().Be("begin 1.0.0");
        Events().Should().NotContain(line => line.StartsWith("second", StringComparison.Ordinal), "two revisions never work at once");
    }

    [Test]
    public async Task Deploy_TheyMayOverlap_TwoWorkAtOnce()
    {
        DeploymentPipeline pipeline = Pipeline(blueGreen: true, overlap: true);

        (await pipeline.DeployAsync(Worker("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        await WroteAsync("begin 1.0.0");
        (await pipeline.DeployAsync(Worker("2.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        // What shows that they never do shows it.
        await WroteAsync("second 2.0.0");
    }

    private LocalWorkers Workers(bool overlap) => LocalTarget.Workers("mailer", local =>
    {
        local.StateFolder = Path.Combine(_folder, "l");
        local.SettleTime = TimeSpan.FromMilliseconds(300);
        local.StartTimeout = TimeSpan.FromSeconds(20);
        local.Overlap = overlap;
    });

    private DeploymentPipeline Pipeline(bool blueGreen, bool overlap = false)
    {
        _workers = Workers(overlap);
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("mails").DeployTo(_workers).UseStore(new FileDeploymentStore(Path.Combine(_folder, "store")));
        return (blueGreen ? builder.UseBlueGreen() : builder.UseRecreate()).Build();
    }

    private Release Worker(string version) => Release
        .Of("mails", version, Artifact.Process("sh", "-c", Script).In(_folder))
        .WithSetting("VERSION", version)
        .WithSetting("WORK", Path.Combine(_folder, "work"));

    private string[] Events() => File.Exists(Path.Combine(_folder, "work")) ? File.ReadAllLines(Path.Combine(_folder, "work")) : [];

    private Task WroteAsync(string line) => Support.Wait.UntilAsync(() => Task.FromResult(Events().Contains(line)), line);

    private async Task RunsAsync(string version)
    {
        Observation seen = await _workers.ObserveAsync(CancellationToken.None);
        seen.Live()!.Version.Should().Be(version);
        await Support.Wait.UntilAsync(async () => (await _workers.Host.StatusAsync(CancellationToken.None)).Count(instance => instance.ProcessId is not null) == 1, "one worker runs");
        (await _workers.Host.StatusAsync(CancellationToken.None)).Should().ContainSingle().Which.Revision.Version.Should().Be(version);
    }
}
