using Deployment.Integration.Tests.Support;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Integration.Tests.Services;

/// <summary>Two services of real processes, one of which requires the other, while users ask both.</summary>
[Category("Local")]
public sealed class ServicesUnderLoadTests
{
    private readonly int _api = LiveWorld.FreePort();
    private readonly int _web = LiveWorld.FreePort();
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("ds-").FullName;

    [TearDown]
    public async Task EndWorldAsync()
    {
        await Target(_api).Host.StopAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    [CancelAfter(180_000)]
    public async Task Deploy_WhatCameFirstGoesBackWhenWhatCameAfterFails_NoRequestFails(CancellationToken cancellationToken)
    {
        await SucceedsAsync(Pipeline(fails: false).DeployAsync([Web("1.0.0"), Api("1.0.0")], cancellationToken));
        await using var ofApi = new RequestLoop(_api, "1.0.0");
        await using var ofWeb = new RequestLoop(_web, "1.0.0");

        // Both come, are found wanting, and go back together.
        ofApi.Allow("1.0.0", "2.0.0");
        ofWeb.Allow("1.0.0", "2.0.0");
        DeploymentResult failed = await Pipeline(fails: true).DeployAsync([Web("2.0.0"), Api("2.0.0")], cancellationToken);
        ofApi.Allow("1.0.0");
        ofWeb.Allow("1.0.0");
        failed.Outcome.Should().Be(DeploymentOutcome.RolledBack, failed.Reason);
        (await LiveAsync(cancellationToken)).Should().Equal("api_1.0.0_1=100", "web_1.0.0_1=100");
        await Wait.UntilAsync(() => ofApi.Answers > 20 && ofWeb.Answers > 20, "users are served");

        // The next ones are well, and a person takes them back.
        ofApi.Allow("1.0.0", "2.1.0");
        ofWeb.Allow("1.0.0", "2.1.0");
        await SucceedsAsync(Pipeline(fails: false).DeployAsync([Web("2.1.0"), Api("2.1.0")], cancellationToken));
        (await LiveAsync(cancellationToken)).Should().Equal("api_2.1.0_1=100", "web_2.1.0_1=100");
        await SucceedsAsync(Pipeline(fails: false).RollBackAsync(cancellationToken: cancellationToken));
        ofApi.Allow("1.0.0");
        ofWeb.Allow("1.0.0");
        (await LiveAsync(cancellationToken)).Should().Equal("api_1.0.0_1=100", "web_1.0.0_1=100");
        long before = ofApi.Answers + ofWeb.Answers;
        await Wait.UntilAsync(() => ofApi.Answers + ofWeb.Answers > before + 20, "users are still served");

        ofApi.Failures.Should().BeEmpty();
        ofWeb.Failures.Should().BeEmpty();
    }

    // The negative control: the users of this test notice when somebody else answers.
    [Test]
    [CancelAfter(180_000)]
    public async Task Deploy_UsersExpectTheOldOne_TheyNoticeTheNewOne(CancellationToken cancellationToken)
    {
        await SucceedsAsync(Pipeline(fails: false).DeployAsync([Web("1.0.0"), Api("1.0.0")], cancellationToken));
        await using var ofApi = new RequestLoop(_api, "1.0.0");

        await SucceedsAsync(Pipeline(fails: false).DeployAsync([Api("2.0.0")], cancellationToken));

        await Wait.UntilAsync(() => ofApi.Failures.Count > 0, "they notice");
    }

    private async Task<string[]> LiveAsync(CancellationToken cancellationToken) =>
    [
        (await Target(_api).ObserveAsync(cancellationToken)).Traffic.ToString(),
        (await Target(_web).ObserveAsync(cancellationToken)).Traffic.ToString(),
    ];

    private DeploymentPipeline Pipeline(bool fails) => DeploymentPipeline.Create("platform")
        .Service("web", web => web.DeployTo(Target(_web)).UseBlueGreen()
            .Step("users try it", Moment.Shifted, step => step
                .Run((_, _) => fails ? throw new DeploymentException("They don't like it.") : Task.CompletedTask)
                .NothingToUndo()))
        .Service("api", api => api.DeployTo(Target(_api)).UseBlueGreen())
        .UseStore(new FileDeploymentStore(Path.Combine(_folder, "store")))
        .Build();

    private LocalTarget Target(int port) => LocalTarget.Listening(port, local => local.StateFolder = Path.Combine(_folder, "l"));

    private static Release Web(string version) => Version("web", version).Requires("api", "[1.0,3.0)");

    private static Release Api(string version) => Version("api", version);

    private static Release Version(string application, string version) => Release
        .Of(application, version, Artifact.Process("dotnet", "exec", Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Providers.Local.Tests.App.dll")).In(Path.GetTempPath()))
        .WithSetting("VERSION", version);

    private static async Task SucceedsAsync(Task<DeploymentResult> deploying)
    {
        DeploymentResult result = await deploying;
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
    }
}
