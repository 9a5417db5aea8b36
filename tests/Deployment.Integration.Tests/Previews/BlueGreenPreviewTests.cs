using Deployment.Health;
using Deployment.Integration.Tests.Copies;
using Deployment.Integration.Tests.Support;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Integration.Tests.Previews;

/// <summary>Blue-green's new revision is tried at the preview address before the switch, while users ask all the time.</summary>
[Category("Local")]
public sealed class BlueGreenPreviewTests
{
    private readonly HttpClient _client = new();
    private string _folder = "";
    private int _port;
    private LocalTarget _target = null!;
    private PathUsers? _users;

    [SetUp]
    public async Task DeployFirstAsync()
    {
        _folder = Directory.CreateTempSubdirectory("dp-").FullName;
        _port = LiveWorld.FreePort();
        _target = Previewing(_port);
        DeploymentResult first = await Pipeline(true).DeployAsync(Shop("1.0.0"), Token);
        first.Outcome.Should().Be(DeploymentOutcome.Succeeded, first.Reason);
    }

    [TearDown]
    public async Task EndWorldAsync()
    {
        await (_users?.DisposeAsync() ?? ValueTask.CompletedTask);
        _users = null;
        await _target.Host.StopAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    [OneTimeTearDown]
    public void DisposeClient() => _client.Dispose();

    [Test]
    [CancelAfter(120_000)]
    public async Task Deploy_ThePreviewIsBad_RollsBackAndNoUserMeetsIt()
    {
        PathUsers users = Ask();

        DeploymentResult result = await Pipeline(true).DeployAsync(Shop("2.0.0"), Token);

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        result.Reason.Should().Contain($"{_target.PreviewAddress}fails/2.0.0 answered 500");
        await users.MoreAsync(20);
        users.Failures.Should().BeEmpty();
        (await PreviewAsync()).Should().Be(503);

        // The negative control: the same release reaches the same users where the preview isn't asked.
        (await Pipeline(false).DeployAsync(Shop("2.0.0"), RunOverrides.AllowRolledBack("It is the control of a test."), Token)).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        await Wait.UntilAsync(() => users.Failures.Count > 0, "users meet the release");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Deploy_ThePreviewIsWell_SwitchesAndGoesBackWithThePreviewAskedEachTime()
    {
        PathUsers users = Ask();
        DeploymentPipeline pipeline = Pipeline(true);

        DeploymentResult result = await pipeline.DeployAsync(Shop("3.0.0"), Token);

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        (await PreviewAsync()).Should().Be(503, "the release has users now");
        DeploymentResult back = await pipeline.RollBackAsync();
        back.Outcome.Should().Be(DeploymentOutcome.Succeeded, back.Reason);
        Observation seen = await _target.ObserveAsync(CancellationToken.None);
        seen.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
        (await PreviewAsync()).Should().Be(503, "the release that was gone back from stands, and is no preview");
        await users.MoreAsync(20);
        users.Failures.Should().BeEmpty();
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task DeployFirst_ThePreviewIsBad_LeavesNothingAndTheNextReleaseComes()
    {
        LocalTarget empty = Previewing(LiveWorld.FreePort());

        DeploymentResult result = await Pipeline(true, empty).DeployAsync(Shop("2.0.0"), Token);

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        Observation seen = await empty.ObserveAsync(CancellationToken.None);
        seen.Traffic.Should().Be(TrafficSplit.None);
        seen.Revisions.Should().BeEmpty();
        DeploymentResult next = await Pipeline(true, empty).DeployAsync(Shop("3.0.0"), Token);
        next.Outcome.Should().Be(DeploymentOutcome.Succeeded, next.Reason);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Plan_NamesThePreviewAddressBeforeTheChecksAndTheSwitch()
    {
        string[] titles = [.. (await Pipeline(true).PlanAsync(Shop("2.0.0"))).Steps.Select(step => step.Title)];

        string[] inOrder = ["Install shop_2.0.0_1", $"Serve shop_2.0.0_1 at the preview address {_target.PreviewAddress}", "it works at the preview address", "Switch all traffic to shop_2.0.0_1"];
        titles.Where(title => inOrder.Contains(title)).Should().Equal(inOrder, string.Join("\n", titles));
    }

    private PathUsers Ask() => _users = new PathUsers(_port, "/fails/2.0.0", null, "well");

    private async Task<int> PreviewAsync()
    {
        using HttpResponseMessage answer = await _client.GetAsync(_target.PreviewAddress);
        return (int)answer.StatusCode;
    }

    private LocalTarget Previewing(int port)
    {
        int preview = LiveWorld.FreePort();
        return LocalTarget.Listening(port, local =>
        {
            local.StateFolder = Path.Combine(_folder, "l");
            local.Router.PreviewPort = preview;
        });
    }

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    private DeploymentPipeline Pipeline(bool asksThePreview, LocalTarget? other = null)
    {
        LocalTarget target = other ?? _target;
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop").DeployTo(target).UseBlueGreen().UseStore(new FileDeploymentStore(Path.Combine(_folder, "store")));
        return (asksThePreview ? builder.SmokeTest("it works at the preview address", smoke => smoke.Http($"{target.PreviewAddress}fails/2.0.0")) : builder).Build();
    }

    private static Release Shop(string version) => Release
        .Of("shop", version, Artifact.Process("dotnet", "exec", Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Providers.Local.Tests.App.dll")).In(Path.GetTempPath()))
        .WithSetting("VERSION", version);
}
